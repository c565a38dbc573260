import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { QUERY } from '../support/caching.ts';
import { createRolecallWithFiles } from '../support/key-files.ts';
import { DATADOG_KEYS, dataOf } from '../support/rolecall.ts';
import {
  type Copy,
  DEGRADED,
  LOST,
  newSecret,
  startCopies,
  startCopy,
  USED,
  until,
} from './copies.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

/** Longer than the default, so that a busy machine is told apart from a wait for Redis. */
const TIMEOUT_MS = 300;
const RECOVERY_MS = 2_000;
const CLIENTS = 8;
const PHASE_MS = 700;

/** Clients that send one request after another; every one must be served. */
function startLoad(copies: readonly Copy[]) {
  let isOver = false;
  let slowestMs = 0;
  let requests = 0;
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    const copy = copies[index % copies.length] as Copy;
    while (!isOver) {
      const started = performance.now();
      dataOf(await copy.query(QUERY));
      slowestMs = Math.max(slowestMs, performance.now() - started);
      requests += 1;
      await delay(2);
    }
  });
  return {
    /** The slowest request since the last call. */
    takeSlowest() {
      const taken = slowestMs;
      slowestMs = 0;
      return taken;
    },
    async end() {
      isOver = true;
      await Promise.all(clients);
      return requests;
    },
  };
}

const messagesOf = (copy: Copy) => copy.redisLines().map(({ msg }) => msg);

describe('under load, no request fails or waits for long', () => {
  for (const [what, lose, restore] of [
    [
      'killed and started again',
      (redis: TestRedis) => redis.kill(),
      (redis: TestRedis) => redis.start(),
    ],
    [
      'paused and resumed',
      (redis: TestRedis) => redis.pause(),
      (redis: TestRedis) => redis.resume(),
    ],
  ] as const) {
    test(`while Redis is ${what}`, async (context: TestContext) => {
      await using redis = await startRedis();
      await using two = await startCopies(redis, 2, {
        REDIS_TIMEOUT_MS: `${TIMEOUT_MS}`,
        RATE_LIMIT: '1000000',
        CREDENTIALS: 'server',
      });
      const load = startLoad(two.copies);
      await delay(PHASE_MS);
      const normalMs = load.takeSlowest();
      await lose(redis);
      await Promise.all(two.copies.map((copy) => copy.lost()));
      await delay(PHASE_MS);
      const losingMs = load.takeSlowest();
      await delay(2 * PHASE_MS);
      const lostMs = load.takeSlowest();
      await restore(redis);
      const back = performance.now();
      await Promise.all(two.copies.map((copy) => copy.used()));
      const recoveryMs = performance.now() - back;
      await delay(PHASE_MS);
      const restoredMs = load.takeSlowest();
      const requests = await load.end();
      context.diagnostic(
        `${requests} requests; slowest ${rounded({ normalMs, losingMs, lostMs, restoredMs })}; recovery ${rounded({ recoveryMs })}`,
      );
      assert.ok(Math.max(losingMs, restoredMs) < normalMs + 2 * TIMEOUT_MS);
      // By then, nobody waits for Redis.
      assert.ok(lostMs < normalMs + TIMEOUT_MS);
      assert.ok(recoveryMs < RECOVERY_MS);
      for (const copy of two.copies) assert.deepEqual(messagesOf(copy), [USED, LOST, USED]);
    });
  }
});

function rounded(times: Record<string, number>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Math.round(ms)])),
  );
}

describe('Redis is in use again within 2 s', () => {
  async function recovers(copy: Copy, restore: () => unknown) {
    await copy.lost();
    // Longer than a connection may be stuck, and than the time between two probes.
    await delay(1_500);
    assert.equal(await copy.readiness(), DEGRADED);
    await restore();
    const back = performance.now();
    await copy.used();
    const ms = performance.now() - back;
    assert.ok(ms < RECOVERY_MS, `${ms} ms`);
    assert.deepEqual(messagesOf(copy), [USED, LOST, USED]);
  }

  test('after it did not take writes, as a replica', async () => {
    await using redis = await startRedis();
    await using one = await startCopies(redis, 1);
    using client = redis.look();
    await client.replicaof('127.0.0.1', 1);
    await one.copies[0].callOf();
    await until(() => one.copies[0].redisLines().length === 2);
    assert.equal(one.copies[0].redisLines()[1].reason, 'it responded with READONLY');
    await recovers(one.copies[0], () => client.replicaof('NO', 'ONE'));
  });

  test('after it was full', async () => {
    await using redis = await startRedis();
    await using one = await startCopies(redis, 1);
    using client = redis.look();
    await client.config('SET', 'maxmemory', '1');
    await one.copies[0].callOf();
    await until(() => one.copies[0].redisLines().length === 2);
    assert.equal(one.copies[0].redisLines()[1].reason, 'it responded with OOM');
    await recovers(one.copies[0], () => client.config('SET', 'maxmemory', '0'));
  });

  test('after it was paused while nobody asked', async () => {
    await using redis = await startRedis();
    await using one = await startCopies(redis, 1);
    redis.pause();
    await one.copies[0].callOf();
    await recovers(one.copies[0], redis.resume);
  });
});

test('a Redis that is lost is sent nothing but probes', async () => {
  await using redis = await startRedis();
  await using one = await startCopies(redis, 1, { RATE_LIMIT: '1000' });
  const [copy] = one.copies;
  redis.pause();
  for (let call = 1; call <= 20; call += 1) assert.equal(await copy.callOf(), call);
  copy.close();
  redis.resume();
  using client = redis.look();
  const evaluated = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1]);
  // What was sent to it while it was paused, it executes now.
  await until(
    async () =>
      String(await client.client('LIST'))
        .trim()
        .split('\n').length === 1,
  );
  assert.equal(await evaluated(), 1);
});

test('a copy that starts without Redis uses it as soon as it is there', async () => {
  await using redis = await startRedis();
  await using one = await startCopies(redis, 1);
  await redis.kill();
  using copy = startCopy(one.environment);
  await copy.lost();
  await copy.callOf();
  await redis.start();
  await copy.used();
  assert.deepEqual(messagesOf(copy), [LOST, USED]);
});

test('a process that was busy for longer than a command may take does not lose Redis', async () => {
  await using redis = await startRedis();
  await using one = await startCopies(redis, 1, { RATE_LIMIT: '1000', REDIS_TIMEOUT_MS: '20' });
  const [copy] = one.copies;
  const responses = Array.from({ length: 20 }, () => copy.query(QUERY));
  for (let count = 0; count < 20; count += 1) {
    // After the commands of the requests have been sent.
    await new Promise((resolve) => setImmediate(resolve));
    const end = performance.now() + 30;
    while (performance.now() < end);
  }
  for (const response of await Promise.all(responses)) dataOf(response);
  assert.deepEqual(messagesOf(copy), [USED]);
});

test('a server that is closed leaves no connection', async () => {
  await using redis = await startRedis();
  await using two = await startCopies(redis, 2);
  using client = redis.look();
  const connections = async () =>
    String(await client.client('LIST'))
      .trim()
      .split('\n').length;
  assert.equal(await connections(), 3);
  two.copies[0].close();
  await until(async () => (await connections()) === 2);
  await redis.kill();
  await two.copies[1].lost();
  two.copies[1].close();
  await redis.start();
  // Longer than between two attempts to connect.
  await delay(1_000);
  assert.equal(await connections(), 1);
});

describe('in files', () => {
  test('a new password in REDIS_URL and a new secret are used without a restart', async () => {
    await using redis = await startRedis('--requirepass', 'right-password');
    const url = (password: string) => redis.url.replace('//', `//:${password}@`);
    await using one = await startCopies(redis, 1, { REDIS_URL: url('right-password') });
    const [old, next] = [newSecret(), newSecret()];
    const { DATADOG_API_URL } = one.environment;
    using rolecall = await createRolecallWithFiles(
      { REDIS_URL: url('wrong-password'), CACHE_SECRET: old },
      { ...DATADOG_KEYS, DATADOG_API_URL, CACHE_TTL_SECONDS: '60', RATE_LIMIT: '0' },
    );
    const says = (text: string) =>
      until(async () => {
        const response = await rolecall.fetch('http://rolecall.example/ready');
        return (await response.text()) === text;
      });
    await says(DEGRADED);
    await until(() => rolecall.log().includes('it responded with WRONGPASS'));
    await rolecall.rotate({ REDIS_URL: url('right-password') });
    await says('ready\n');
    dataOf(await rolecall.query(QUERY));
    using client = redis.look({ password: 'right-password' });
    const stored = (count: number) =>
      until(async () => (await client.keys('rolecall:response:*')).length === count);
    await stored(1);
    await rolecall.rotate({ CACHE_SECRET: next });
    dataOf(await rolecall.query(QUERY));
    await stored(2);
    assert.doesNotMatch(rolecall.log(), /password|redis:\/\//i);
  });
});
