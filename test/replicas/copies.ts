import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from '../../src/server/index.ts';
import { QUERY, startNumbered } from '../support/caching.ts';
import { readConfig } from '../support/config.ts';
import { keepLog, type Line } from '../support/log.ts';
import { DATADOG_KEYS, dataOf, rolecallOf } from '../support/rolecall.ts';
import type { TestRedis } from './redis-server.ts';

const POLL_MS = 5;
const PATIENCE_MS = 30_000;

/** What `/ready` says without Redis. */
export const DEGRADED = 'degraded: Redis is not in use\n';

/** Lines of the log. */
export const LOST = 'Redis is not in use: this process counts and works for itself';
export const USED = 'Redis is in use';

export const newSecret = () => randomBytes(32).toString('base64');

type Environment = Readonly<Record<string, string>>;

/** Resolves once this is so. @throws {Error} if it is not within half a minute */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const started = performance.now();
  while (!(await isSo())) {
    if (performance.now() - started > PATIENCE_MS) throw new Error(`never so: ${isSo}`);
    await delay(POLL_MS);
  }
}

/** A copy of Rolecall in this process. */
export function startCopy(environment: Environment) {
  const { logger, lines } = keepLog();
  const server = createServer(readConfig(environment), logger, { isReady: true });
  const rolecall = rolecallOf(server);
  const copy = {
    ...rolecall,
    close: () => server.close(),
    /** The log's lines about Redis. */
    redisLines: (): Line[] => lines().filter(({ msg }) => /Redis/.test(msg)),
    operations: (): Line[] => lines().filter(({ msg }) => msg === 'operation'),
    /** What `/ready` says. */
    async readiness(): Promise<string> {
      return (await rolecall.fetch('http://rolecall.example/ready')).text();
    },
    /** Resolves once Redis is in use. */
    used: () => until(async () => (await copy.readiness()) === 'ready\n'),
    lost: () => until(async () => (await copy.readiness()) === DEGRADED),
    /** Which of the vendor's responses was served: its number. */
    async callOf(headers: Record<string, string> = {}): Promise<number> {
      return Number(dataOf(await rolecall.query(QUERY, { headers })).viewer.datadog.name);
    },
    [Symbol.dispose]: () => server.close(),
  };
  return copy;
}

export type Copy = ReturnType<typeof startCopy>;

/** The variables of copies that share this Redis, in front of this Datadog. */
export function environmentOf(redis: TestRedis, datadog: { readonly url: string }) {
  return {
    ...DATADOG_KEYS,
    DATADOG_API_URL: datadog.url,
    UPSTREAM_RETRIES: '0',
    RATE_LIMIT: '0',
    CACHE_TTL_SECONDS: '60',
    REDIS_URL: redis.url,
    CACHE_SECRET: newSecret(),
  };
}

/** Copies of Rolecall with this Redis, in front of a Datadog as `startNumbered` makes. All of them use Redis. */
export async function startCopies(redis: TestRedis, count: number, environment: Environment = {}) {
  const { state, ...datadog } = await startNumbered();
  const all = { ...environmentOf(redis, datadog), ...environment };
  const copies = Array.from({ length: count }, () => startCopy(all));
  await Promise.all(copies.map((copy) => copy.used()));
  return {
    copies: copies as readonly Copy[] as readonly [Copy, Copy, ...Copy[]],
    datadog,
    state,
    environment: all,
    calls: () => datadog.seen.length,
    async [Symbol.asyncDispose]() {
      for (const copy of copies) copy.close();
      await datadog[Symbol.asyncDispose]();
    },
  };
}

/** The only name in Redis of this kind. */
export async function onlyName(redis: TestRedis, kind: string): Promise<string> {
  using client = redis.look();
  const names = await client.keys(`rolecall:${kind}:*`);
  assert.equal(names.length, 1, names.join());
  return names[0] ?? '';
}
