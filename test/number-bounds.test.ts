import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../src/config/index.ts';
import { readConfig } from './support/config.ts';

const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  PORT: [0, 65_535],
  DD_EXPANSION_LIMIT: [0, 10_000],
  VIEWER_LOOKUP_TTL_SECONDS: [0, 86_400],
  CREDENTIALS_TTL_SECONDS: [0, 86_400],
  CACHE_TTL_SECONDS: [0, 86_400],
  CACHE_STALE_SECONDS: [0, 86_400],
  CACHE_STALE_IF_ERROR_SECONDS: [0, 86_400],
  LIMIT_BODY_BYTES: [1, 104_857_600],
  LIMIT_SUBGRAPH_BODY_BYTES: [1, 104_857_600],
  LIMIT_TOKENS: [1, 1_000_000],
  LIMIT_SELECTIONS: [1, 1_000_000],
  LIMIT_DEPTH: [1, 1_000],
  LIMIT_ALIASES: [0, 100_000],
  LIMIT_ROOT_FIELDS: [1, 100_000],
  LIMIT_DIRECTIVES: [0, 100_000],
  LIMIT_LIST_ITEMS: [0, 1_000_000],
  LIMIT_BATCH: [0, 1_000],
  LIMIT_NODES: [1, 100_000_000],
  LIMIT_RESPONSE_BYTES: [1, 1_073_741_824],
  RATE_LIMIT: [0, 10_000_000],
  MAX_CONNECTIONS: [1, 1_000_000],
  UNSENT_MEMORY_MB: [1, 1_000_000],
  DRAIN_DELAY_MS: [0, 600_000],
  SHUTDOWN_TIMEOUT_MS: [0, 600_000],
  UPSTREAM_DEADLINE_MS: [1, 600_000],
  UPSTREAM_TIMEOUT_MS: [1, 600_000],
  UPSTREAM_RETRIES: [0, 10],
  UPSTREAM_CONCURRENCY: [1, 10_000],
  UPSTREAM_QUEUE: [0, 100_000],
  UPSTREAM_MAX_BYTES: [1, 1_073_741_824],
  BREAKER_FAILURES: [1, 1_000_000],
  BREAKER_RESET_MS: [1, 3_600_000],
  DOCUMENT_MEMORY_MB: [0, 100_000],
};

describe('a number in the environment is accepted within its bounds, and refused beyond', () => {
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    test(`${name} from ${least} to ${most}`, () => {
      const read = (value: number) => readConfig({ [name]: String(value) });
      for (const value of [least, most]) read(value);
      for (const value of [least - 1, most + 1]) {
        assert.throws(
          () => read(value),
          (error) =>
            error instanceof ConfigError &&
            error.message.includes(`${name} must be a whole number from ${least} to ${most}.`),
        );
      }
    });
  }
});
