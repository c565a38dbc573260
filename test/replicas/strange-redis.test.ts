import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { seal } from '../../src/cache/encryption.ts';
import { createPlaces } from '../../src/cache/places.ts';
import { Secret } from '../../src/lib/secret.ts';
import { QUERY, warningsOf } from '../support/caching.ts';
import { DATADOG_KEYS, dataOf } from '../support/rolecall.ts';
import { json } from '../support/upstream.ts';
import { type Copy, startCopies, USED, until } from './copies.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const messagesOf = (copy: Copy) => copy.redisLines().map(({ msg }) => msg);

async function stored(redis: TestRedis): Promise<string> {
  using client = redis.look();
  const names = () => client.keys('rolecall:response:*');
  await until(async () => (await names()).length === 1);
  return (await names())[0] ?? '';
}

test('a user with no more rights than docs/scaling.md lists is enough', async () => {
  const [, rights = ''] =
    /An ACL needs `([^`]+)`/.exec(readFileSync('docs/scaling.md', 'utf8')) ?? [];
  await using redis = await startRedis();
  using client = redis.look();
  const user = 'somebody';
  const password = 'p@ss/w:rd#?%é';
  await client.acl('SETUSER', user, 'on', `>${password}`, '~rolecall:*', ...rights.split(' '));
  await using two = await startCopies(redis, 2, {
    REDIS_URL: `${redis.url.replace('//', `//${user}:${encodeURIComponent(password)}@`)}/3`,
    RATE_LIMIT: '100',
    CACHE_STALE_SECONDS: '600',
  });
  const [a, b] = two.copies;
  await a.callOf();
  using third = redis.look({ db: 3 });
  await until(async () => (await third.keys('rolecall:response:*')).length === 1);
  const [name = ''] = await third.keys('rolecall:response:*');
  await third.pexpire(name, 500_000);
  // It is found, counted, claimed, refreshed and stored.
  assert.equal(await b.callOf(), 1);
  await until(async () => (await a.callOf()) === 2);
  two.state.script = json({}, 403);
  await b.query(QUERY, { headers: { 'cache-control': 'no-cache' } });
  assert.equal(await third.get(name), '-');
  for (const copy of two.copies) assert.deepEqual(messagesOf(copy), [USED]);
});

describe('instead of a response', () => {
  test('a value of another type is a miss, and is replaced', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2);
    const [a, b] = two.copies;
    await a.callOf();
    using client = redis.look();
    const name = await stored(redis);
    await client.multi().del(name).lpush(name, 'x').exec();
    assert.equal(await b.callOf(), 2);
    await until(async () => (await client.type(name)) === 'string');
    assert.equal(await a.callOf(), 2);
    for (const copy of two.copies) assert.deepEqual(messagesOf(copy), [USED]);
  });

  test('one that this release cannot read is a miss, fresh or stale', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2, {
      CACHE_STALE_SECONDS: '600',
      CACHE_STALE_IF_ERROR_SECONDS: '600',
    });
    const [a, b] = two.copies;
    await a.callOf();
    using client = redis.look();
    const name = await stored(redis);
    const { CACHE_SECRET, DATADOG_API_URL } = two.environment;
    const placesOf = createPlaces({
      prefix: 'rolecall:',
      secrets: { value: [new Secret(CACHE_SECRET)] },
    });
    const {
      responses: [place],
    } = placesOf({
      url: `${DATADOG_API_URL}api/v2/current_user`,
      secrets: Object.values(DATADOG_KEYS).map((key) => new Secret(key)),
      name: '',
    });
    assert.equal(place.name, name);
    for (const [text, encoding] of [
      ['{"data":7}', undefined],
      ['<p>', undefined],
      ['no gzip', 'gzip'],
      ['', 'br'],
    ] as const) {
      const response = { status: 200, encoding, bytes: Buffer.from(text), receivedAt: 0 };
      const lifetimeMs = 660_000;
      for (const leftMs of [655_000, 300_000]) {
        await client.set(name, seal({ response, lifetimeMs }, place), 'PX', leftMs);
        const calls = two.calls();
        assert.equal(await b.callOf(), calls + 1);
      }
    }
    for (const copy of two.copies) assert.deepEqual(messagesOf(copy), [USED]);
  });
});

test('a refresh that failed is not told any more once another copy has refreshed', async () => {
  await using redis = await startRedis();
  await using two = await startCopies(redis, 2, { CACHE_STALE_SECONDS: '600' });
  const [a, b] = two.copies;
  await a.callOf();
  using client = redis.look();
  const name = await stored(redis);
  await client.pexpire(name, 500_000);
  two.state.script = json({}, 503);
  await until(async () => warningsOf(await a.query(QUERY)).length === 1);
  two.state.script = undefined;
  const call = await b.callOf({ 'cache-control': 'no-cache' });
  await until(async () => (await a.callOf()) === call);
  await client.pexpire(name, 500_000);
  const response = await a.query(QUERY);
  assert.equal(dataOf(response).viewer.datadog.name, String(call));
  assert.deepEqual(warningsOf(response), []);
});
