import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QUERY } from '../support/caching.ts';
import { json } from '../support/upstream.ts';
import { onlyName, startCopies, until } from './copies.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const isStored = async (redis: TestRedis, kind = 'response') => {
  using client = redis.look();
  return (await client.keys(`rolecall:${kind}:*`)).length === 1;
};

/** Lets Redis' clock run ahead for the only response: the time that it has left. */
async function leave(redis: TestRedis, seconds: number): Promise<void> {
  using client = redis.look();
  await client.pexpire(await onlyName(redis, 'response'), seconds * 1_000);
}

describe('a response that one copy received', () => {
  test('has the age that Redis’ clock gives it, and what it says of its time stays', async (context) => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2);
    const [a, b] = two.copies;
    const [first] = [await a.query(QUERY)];
    await until(() => isStored(redis));
    await leave(redis, 20);
    // A copy whose clock is a year ahead.
    const { now } = Date;
    context.mock.method(Date, 'now', () => now() + 365 * 86_400_000);
    const second = await b.query(QUERY);
    assert.deepEqual(second, first);
    const { ageMs } = b.operations()[0].upstream[0];
    assert.ok(ageMs >= 40_000 && ageMs < 50_000, `${ageMs}`);
  });

  test('is not used when it is too old, by Redis’ clock', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2, { CACHE_STALE_IF_ERROR_SECONDS: '100' });
    const [a, b] = two.copies;
    await a.callOf();
    await until(() => isStored(redis));
    await leave(redis, 99);
    assert.equal(await b.callOf(), 2);
  });

  test('is refreshed again as soon as it is stale again, although the claim would last longer', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2, {
      CACHE_STALE_SECONDS: '600',
      UPSTREAM_DEADLINE_MS: '600000',
    });
    const [a, b] = two.copies;
    await a.callOf();
    await until(() => isStored(redis));
    for (const call of [2, 3]) {
      await leave(redis, 500);
      assert.equal(await b.callOf(), call - 1);
      await until(async () => (await a.callOf()) === call);
    }
    assert.equal(two.calls(), 3);
  });

  test('is replaced for all by a caller who sends Cache-Control: no-cache', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2);
    const [a, b] = two.copies;
    await a.callOf();
    await until(() => isStored(redis));
    assert.equal(await b.callOf({ 'cache-control': 'no-cache' }), 2);
    await until(async () => (await a.callOf()) === 2);
    assert.equal(two.calls(), 2);
  });

  test('of more than 1 MiB is not shared, and ends the older one', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2, { CACHE_STALE_IF_ERROR_SECONDS: '600' });
    const [a, b] = two.copies;
    await a.callOf();
    await until(() => isStored(redis));
    two.state.script = (response, seen, call) => {
      const attributes = { name: String(call), title: incompressible(2 * 1024 ** 2) };
      json({ data: { type: 'users', id: 'x', attributes } })(response, seen, call);
    };
    assert.equal(await a.callOf({ 'cache-control': 'no-cache' }), 2);
    assert.equal(await b.callOf(), 3);
    assert.deepEqual(
      a
        .redisLines()
        .map(({ msg, reason }) => [msg, reason])
        .slice(1),
      [['responses in Redis not used', 'has more than 1048576 bytes']],
    );
  });
});

function incompressible(length: number): string {
  let text = '';
  while (text.length < length) text += Math.random().toString(36).slice(2);
  return text;
}
