import { z } from 'zod';
import type { Current } from '../lib/current.ts';
import { linesOf, wholeNumber } from '../lib/env-types.ts';
import { Secret } from '../lib/secret.ts';

/** The Redis that several copies of this server share. */
export interface RedisSettings {
  /** May contain a password; undefined without Redis. */
  readonly url: Current<Secret | undefined>;
  /** At the start of every name in Redis. */
  readonly prefix: string;
  /** How long a command may take. */
  readonly timeoutMs: number;
  /** In base64. The first encrypts, and all decrypt; not empty with Redis. */
  readonly secrets: Current<readonly Secret[]>;
}

/** Those that may stand in a file instead, each for itself. */
export const keyVariables = ['REDIS_URL', 'CACHE_SECRET'] as const;

/** Follows "must" in messages. */
export const SECRET_EXPECTED =
  'at least 32 random bytes in base64, such as the output of `openssl rand -base64 32`';

const MIN_SECRET_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const PREFIX = /^[\x21-\x7e]{1,64}$/;
const DATABASE = /^\/?\d{0,5}$/;

const URL_EXPECTED =
  'must be the URL of a Redis server: redis:// or rediss://, a user name and password if it needs them, a host, and a port or the number of a database if they are not the default ones';

const redisUrl = z.string().transform((text, context) => {
  if (isRedisUrl(URL.parse(text.trim()))) return new Secret(text.trim());
  context.addIssue(URL_EXPECTED);
  return z.NEVER;
});

export const redisSettings = z
  .object({
    REDIS_URL: redisUrl
      .optional()
      .describe(
        'the Redis or Valkey by which several copies of Rolecall act as one: redis:// or rediss://',
      ),
    REDIS_PREFIX: z
      .string()
      .regex(PREFIX, 'must be up to 64 printable ASCII characters without spaces')
      .default('rolecall:')
      .describe('what every name in Redis begins with'),
    REDIS_TIMEOUT_MS: wholeNumber(1, 10_000)
      .default(100)
      .describe('how long a command to Redis may take'),
    CACHE_SECRET: linesOf(
      parseSecret,
      `must be ${SECRET_EXPECTED}; or several, separated by commas or line breaks`,
    )
      .default([])
      .describe(
        'required with REDIS_URL: at least 32 random bytes in base64, which encrypt what Redis holds; several, separated by commas, to rotate them',
      ),
  })
  .transform((set) => ({
    url: { value: set.REDIS_URL },
    prefix: set.REDIS_PREFIX,
    timeoutMs: set.REDIS_TIMEOUT_MS,
    secrets: { value: set.CACHE_SECRET },
  })) satisfies z.ZodType<RedisSettings>;

/** Queries are refused, because clients take options from them. */
function isRedisUrl(url: URL | null): boolean {
  return (
    (url?.protocol === 'redis:' || url?.protocol === 'rediss:') &&
    url.hostname !== '' &&
    DATABASE.test(url.pathname) &&
    !url.search &&
    !url.hash &&
    isEncoded(url.username) &&
    isEncoded(url.password)
  );
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function parseSecret(text: string): Secret | undefined {
  const isLong = Buffer.from(text, 'base64').length >= MIN_SECRET_BYTES;
  return BASE64.test(text) && isLong ? new Secret(text) : undefined;
}
