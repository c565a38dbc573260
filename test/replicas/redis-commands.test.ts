import assert from 'node:assert/strict';
import { test } from 'node:test';
import { user, v1 } from '../fixtures/heygen.ts';
import { dataOf } from '../support/rolecall.ts';
import { json, startUpstream } from '../support/upstream.ts';
import { LOST, startCopies, USED, until } from './copies.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const BOTH = '{ viewer { datadog { name } heygen { email } } }';

/** How often Redis was sent a command, since it last started. */
async function callsOf(redis: TestRedis, command: string): Promise<number> {
  using client = redis.look();
  const stats = await client.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

async function storedResponses(redis: TestRedis): Promise<number> {
  using client = redis.look();
  return (await client.keys('rolecall:response:*')).length;
}

test('the responses of several vendors, and simultaneous requests, are found by one command', async () => {
  await using redis = await startRedis();
  await using heygen = await startUpstream(json(v1()));
  await using one = await startCopies(redis, 1, {
    HEYGEN_API_KEY: 'heygen-key',
    HEYGEN_API_URL: heygen.url,
  });
  const [copy] = one.copies;
  await copy.query(BOTH);
  await until(async () => (await storedResponses(redis)) === 2);
  const before = await callsOf(redis, 'evalsha');
  const { viewer } = dataOf(await copy.query(BOTH));
  assert.deepEqual(viewer, { datadog: { name: '1' }, heygen: { email: user.email } });
  assert.equal((await callsOf(redis, 'evalsha')) - before, 1);
  assert.deepEqual([one.calls(), heygen.seen.length], [1, 1]);
});

test('scripts are sent by their hashes, and loaded again after Redis has lost them', async () => {
  await using redis = await startRedis();
  await using one = await startCopies(redis, 1, { RATE_LIMIT: '100' });
  const [copy] = one.copies;
  await copy.callOf();
  await until(async () => (await storedResponses(redis)) === 1);
  assert.equal(await copy.callOf(), 1);
  // To find, store and drop a response, and to count an operation.
  assert.deepEqual([await callsOf(redis, 'script\\|load'), await callsOf(redis, 'eval')], [4, 0]);
  {
    using client = redis.look();
    await client.script('FLUSH');
  }
  // This one counts in the process and calls the vendor.
  assert.equal(await copy.callOf(), 2);
  await copy.used();
  assert.equal(await copy.callOf(), 1);
  assert.equal(await callsOf(redis, 'script\\|load'), 8);
  assert.deepEqual(
    copy.redisLines().map(({ msg, reason }) => [msg, reason]),
    [
      [USED, undefined],
      [LOST, 'it responded with NOSCRIPT'],
      [USED, undefined],
    ],
  );
});
