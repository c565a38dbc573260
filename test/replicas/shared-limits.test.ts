import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startIssuer } from '../support/issuer.ts';
import { post } from '../support/post.ts';
import { type Copy, newSecret, startCopies } from './copies.ts';
import { startRedis } from './redis-server.ts';

const LIMIT = 50;

type Headers = Readonly<Record<string, string>>;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The statuses of simultaneous requests to copies in turn. */
async function flood(copies: readonly Copy[], requests: number, headers: Headers = {}) {
  const statuses = await Promise.all(
    Array.from({ length: requests }, async (_, index) => {
      const copy = copies[index % copies.length] as Copy;
      return (await copy.query('{ __typename }', { headers })).status;
    }),
  );
  const count = (status: number) => statuses.filter((each) => each === status).length;
  assert.equal(count(200) + count(429), requests);
  return { served: count(200), refused: count(429) };
}

describe('a limit of N gives N in all, whichever copies respond', () => {
  for (const [who, environment, headers] of [
    ['an address', {}, {}],
    ['a token', { CLIENT_TOKENS: 'a-token' }, bearer('a-token')],
  ] as const) {
    test(`to ${who}`, async () => {
      await using redis = await startRedis();
      await using three = await startCopies(redis, 3, { RATE_LIMIT: `${LIMIT}`, ...environment });
      const flooded = await flood(three.copies, 120, headers);
      assert.deepEqual(flooded, { served: LIMIT, refused: 120 - LIMIT });
      for (const copy of three.copies) {
        assert.deepEqual(await flood([copy], 3, headers), { served: 0, refused: 3 });
      }
    });
  }

  test('to a person, whatever token they bring', async () => {
    await using redis = await startRedis();
    await using issuer = await startIssuer();
    await using two = await startCopies(redis, 2, { RATE_LIMIT: '4', ...issuer.environment });
    const as = (sub: string) => bearer(issuer.sign({ sub, jti: String(Math.random()) }));
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1) {
      const copy = two.copies[index % 2] as Copy;
      statuses.push((await copy.query('{ __typename }', { headers: as('one') })).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429]);
    assert.deepEqual(await flood(two.copies, 5, as('two')), { served: 4, refused: 1 });
  });

  test('to each vendor’s credentials, and ten times as much to their address', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2, {
      RATE_LIMIT: '3',
      CREDENTIALS: 'request',
      DD_API_KEY: '',
      DD_APP_KEY: '',
    });
    const key = (text: string) => ({ 'x-heygen-api-key': text });
    assert.deepEqual(await flood(two.copies, 6, key('one')), { served: 3, refused: 3 });
    assert.deepEqual(await flood(two.copies, 6, key('two')), { served: 3, refused: 3 });
    // 12 of 30 are counted.
    let served = 0;
    for (let index = 0; index < 20; index += 1) {
      served += (await flood([two.copies[index % 2] as Copy], 1, key(`${index}`))).served;
    }
    assert.equal(served, 18);
  });
});

test('every copy says what is left of the same limit', async () => {
  await using redis = await startRedis();
  await using two = await startCopies(redis, 2, { RATE_LIMIT: '3' });
  const left: unknown[] = [];
  for (const index of [0, 1, 1, 0]) {
    const { status, headers } = await post(two.copies[index] as Copy);
    assert.equal(headers.get('ratelimit-policy'), '"address";q=3;w=60');
    left.push([status, headers.get('ratelimit')?.replace(/t=(60|59)$/, 't=60')]);
  }
  assert.deepEqual(left, [
    [200, '"address";r=2;t=60'],
    [200, '"address";r=1;t=60'],
    [200, '"address";r=0;t=60'],
    [429, '"address";r=0;t=60'],
  ]);
});

test('the window ends by Redis’ clock', async () => {
  await using redis = await startRedis();
  await using two = await startCopies(redis, 2, { RATE_LIMIT: '1' });
  const [a, b] = two.copies;
  assert.equal((await post(a)).status, 200);
  assert.equal((await post(b)).status, 429);
  using client = redis.look();
  const [name = ''] = await client.keys('rolecall:limit:*');
  await client.pexpire(name, 30_500);
  const { headers } = await post(b);
  assert.match(headers.get('retry-after') ?? '', /^3[01]$/);
  await client.pexpire(name, 1);
  while (await client.exists(name));
  assert.equal((await post(b)).status, 200);
});

test('without Redis each process counts for itself, and with it again they count together', async () => {
  await using redis = await startRedis();
  await using two = await startCopies(redis, 2, { RATE_LIMIT: '5' });
  const [a, b] = two.copies;
  assert.deepEqual(await flood(two.copies, 8), { served: 5, refused: 3 });
  await redis.kill();
  await Promise.all([a.lost(), b.lost()]);
  assert.deepEqual(await flood([a], 8), { served: 5, refused: 3 });
  assert.deepEqual(await flood([b], 8), { served: 5, refused: 3 });
  await redis.start();
  await Promise.all([a.used(), b.used()]);
  assert.deepEqual(await flood(two.copies, 8), { served: 5, refused: 3 });
});

test('copies with another CACHE_SECRET or REDIS_PREFIX count apart', async () => {
  await using redis = await startRedis();
  const shared = { RATE_LIMIT: '2', CACHE_SECRET: newSecret() };
  await using one = await startCopies(redis, 1, shared);
  await using other = await startCopies(redis, 1, { ...shared, CACHE_SECRET: newSecret() });
  await using third = await startCopies(redis, 1, { ...shared, REDIS_PREFIX: 'other:' });
  for (const { copies } of [one, other, third]) {
    assert.deepEqual(await flood([copies[0]], 3), { served: 2, refused: 1 });
  }
  using client = redis.look();
  assert.equal((await client.keys('other:limit:*')).length, 1);
});
