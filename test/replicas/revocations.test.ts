import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QUERY } from '../support/caching.ts';
import { codesOf } from '../support/rolecall.ts';
import { json, type Script } from '../support/upstream.ts';
import { type Copy, onlyName, startCopies, until } from './copies.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const NO_CACHE = { 'cache-control': 'no-cache' };
const DENIED = { errors: ['Forbidden'] };

async function heldValue(redis: TestRedis): Promise<string | null> {
  using client = redis.look();
  const [name = ''] = await client.keys('rolecall:response:*');
  return client.get(name);
}

/** Serves the first call, and what it serves is in Redis. */
async function fill(redis: TestRedis, copy: Copy): Promise<void> {
  assert.equal(await copy.callOf(), 1);
  await until(async () => (await heldValue(redis)) !== null);
}

async function codeOf(copy: Copy, headers: Record<string, string> = {}) {
  return codesOf(await copy.query(QUERY, { headers }))['viewer.datadog'];
}

/** A vendor's response that waits until it is released. */
function held(script: Script) {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const wait: Script = async (...call) => {
    arrived.resolve();
    await released.promise;
    script(...call);
  };
  return { script: wait, arrived: arrived.promise, release: released.resolve };
}

describe('what one copy sees revoked is gone for the others at their next request', () => {
  for (const [status, code] of [
    [401, 'UPSTREAM_UNAUTHENTICATED'],
    [403, 'UPSTREAM_FORBIDDEN'],
    [404, 'UPSTREAM_NOT_FOUND'],
    [410, 'UPSTREAM_NOT_FOUND'],
  ] as const) {
    test(`${status}`, async () => {
      await using redis = await startRedis();
      await using three = await startCopies(redis, 3, {
        CACHE_STALE_SECONDS: '600',
        CACHE_STALE_IF_ERROR_SECONDS: '600',
      });
      await fill(redis, three.copies[0]);
      three.state.script = json(DENIED, status);
      assert.equal(await codeOf(three.copies[1], NO_CACHE), code);
      assert.equal(await codeOf(three.copies[0]), code);
      // Not even in place of an outage.
      three.state.script = json({}, 503);
      for (const copy of three.copies) assert.equal(await codeOf(copy), 'UPSTREAM_UNAVAILABLE');
    });
  }

  test('in another copy’s refresh', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2, { CACHE_STALE_SECONDS: '600' });
    const [a, b] = two.copies;
    await fill(redis, a);
    using client = redis.look();
    await client.pexpire(await onlyName(redis, 'response'), 500_000);
    two.state.script = json(DENIED, 403);
    // Served stale; the refresh behind it sees the revocation.
    assert.equal(await b.callOf(), 1);
    await until(async () => (await heldValue(redis)) === '-');
    assert.equal(await codeOf(a), 'UPSTREAM_FORBIDDEN');
  });
});

test('a copy that is slow stores nothing over what another one saw revoked', async () => {
  await using redis = await startRedis();
  await using two = await startCopies(redis, 2);
  const [a, b] = two.copies;
  const { script, arrived, release } = held(json({ data: { type: 'users', id: 'x' } }));
  two.state.script = script;
  const slow = a.query(QUERY);
  await arrived;
  two.state.script = json(DENIED, 403);
  assert.equal(await codeOf(b), 'UPSTREAM_FORBIDDEN');
  release();
  assert.equal((await slow).status, 200);
  // Whatever the slow one stored would be there before this.
  using client = redis.look();
  await until(async () => a.operations().length === 1);
  await client.ping();
  assert.equal(await heldValue(redis), '-');
  assert.equal(await codeOf(a), 'UPSTREAM_FORBIDDEN');
  assert.equal(await codeOf(b), 'UPSTREAM_FORBIDDEN');
});

test('the mark of what was revoked outlives any call that began before, and ends', async () => {
  await using redis = await startRedis();
  await using two = await startCopies(redis, 2, { UPSTREAM_DEADLINE_MS: '7000' });
  await fill(redis, two.copies[0]);
  two.state.script = json(DENIED, 403);
  await codeOf(two.copies[0], NO_CACHE);
  using client = redis.look();
  const leftMs = await client.pttl(await onlyName(redis, 'response'));
  assert.ok(leftMs > 7_000 && leftMs <= 12_000, `${leftMs}`);
});

test('a stale response that was revoked during a call is not served because the call fails', async () => {
  await using redis = await startRedis();
  await using two = await startCopies(redis, 2, { CACHE_STALE_IF_ERROR_SECONDS: '600' });
  const [a, b] = two.copies;
  await fill(redis, a);
  using client = redis.look();
  await client.pexpire(await onlyName(redis, 'response'), 500_000);
  const { script, arrived, release } = held(json({}, 503));
  two.state.script = script;
  const failing = codeOf(a);
  await arrived;
  two.state.script = json(DENIED, 403);
  assert.equal(await codeOf(b), 'UPSTREAM_FORBIDDEN');
  release();
  assert.equal(await failing, 'UPSTREAM_UNAVAILABLE');
});

test('what was revoked while Redis was down is dropped before it is used again', async () => {
  await using redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
  await using two = await startCopies(redis, 2);
  const [a, b] = two.copies;
  await fill(redis, a);
  await redis.kill();
  await Promise.all([a.lost(), b.lost()]);
  two.state.script = json(DENIED, 403);
  assert.equal(await codeOf(a), 'UPSTREAM_FORBIDDEN');
  await redis.start();
  await a.used();
  assert.equal(await heldValue(redis), '-');
  await b.used();
  two.state.script = json(DENIED, 403);
  assert.equal(await codeOf(b), 'UPSTREAM_FORBIDDEN');
  assert.equal(await codeOf(a), 'UPSTREAM_FORBIDDEN');
});
