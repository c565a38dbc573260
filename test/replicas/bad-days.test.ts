import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
import { startRedis } from './redis-server.ts';

const RECOVERY_MS = 2_000;
const messagesOf = (copy: Copy) => copy.redisLines().map(({ msg }) => msg);

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
