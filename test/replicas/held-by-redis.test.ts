import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startIssuer } from '../support/issuer.ts';
import { fixtures, goodVendor, KEY_MARK, ofAll } from '../support/providers.ts';
import { dataOf } from '../support/rolecall.ts';
import { startUpstream } from '../support/upstream.ts';
import { type Copy, newSecret, onlyName, startCopies, startCopy, until } from './copies.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const NAME = /^rolecall:((response|limit|refresh):[\w-]{43}|probe)$/;

/** Every string of this value, however deep. */
function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [name, ...stringsOf(each)]);
}

/** All names and values in Redis, and the file of a dump. */
async function everythingIn(redis: TestRedis): Promise<Buffer> {
  using client = redis.look();
  await client.save();
  const names = await client.keys('*');
  const values = await Promise.all(names.map((name) => client.getBuffer(name)));
  const dump = readFileSync(join(redis.directory, 'dump.rdb'));
  return Buffer.concat([
    Buffer.from(names.join('\n')),
    ...values.map((each) => each ?? dump),
    dump,
  ]);
}

describe('Redis', () => {
  test('holds no text of a response, key, person or address, and everything expires', async () => {
    await using redis = await startRedis('--rdbcompression', 'no');
    await using issuer = await startIssuer();
    await using vendors = new AsyncDisposableStack();
    const urls: Record<string, string> = {};
    for (const fixture of fixtures) {
      urls[fixture.urlVariable] = vendors.use(await startUpstream(goodVendor(fixture))).url;
    }
    const shared = {
      ...ofAll('variables'),
      ...urls,
      REDIS_URL: redis.url,
      CACHE_SECRET: newSecret(),
      CACHE_TTL_SECONDS: '60',
      CACHE_STALE_SECONDS: '60',
    };
    const query = `{ viewer { users { id email } } }`;
    const person = { sub: 'the-subject', email: 'subject@fictional.example', email_verified: true };
    for (const [environment, headers] of [
      [{ CREDENTIALS: 'request' }, ofAll('keyHeaders')],
      [{ ...ofAll('keys'), CLIENT_TOKENS: 'a-client-token' }, bearer('a-client-token')],
      [{ ...ofAll('keys'), ...issuer.environment }, bearer(issuer.sign(person))],
    ] as const) {
      using copy = startCopy({ ...shared, ...environment });
      await copy.used();
      dataOf(await copy.query(query, { headers: { ...headers } }));
    }
    using client = redis.look();
    await until(async () => (await client.keys('rolecall:response:*')).length === fixtures.length);
    const names = await client.keys('*');
    // Of the token, the person, the credentials of each vendor, and the address that they come from.
    assert.equal(names.filter((name) => name.includes(':limit:')).length, 3 + fixtures.length);
    for (const name of names) {
      assert.match(name, NAME);
      assert.ok((await client.pttl(name)) > 0, name);
    }
    const everything = await everythingIn(redis);
    const texts = [
      ...fixtures.flatMap(({ response, path, keys }) => [
        ...stringsOf(response),
        path,
        ...Object.values(keys),
      ]),
      ...[KEY_MARK, 'a-client-token', 'the-subject', 'subject@', 'unknown', 'fictional', 'vendor'],
      ...[shared.CACHE_SECRET, '127.0.0.1', 'receivedAt', 'lifetimeMs', 'http'],
    ];
    // Shorter ones may come about by chance.
    const telling = texts.filter(({ length }) => length > 5);
    assert.ok(telling.length > 30);
    for (const text of telling) {
      assert.ok(!everything.includes(text), text);
      assert.ok(!everything.includes(Buffer.from(text).toString('base64').slice(0, -3)), text);
    }
  });
});

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** How many bytes Redis has sent. */
async function sentBy(redis: TestRedis): Promise<number> {
  using client = redis.look();
  return Number(/total_net_output_bytes:(\d+)/.exec(await client.info('stats'))?.[1]);
}

/** The reasons why responses in Redis were not used, as the log says. */
const refusalsOf = (copy: Copy) =>
  copy.redisLines().flatMap(({ reason, refusals }) => (refusals ? [[reason, refusals]] : []));

describe('an entry that was tampered with is a miss, which the log says', () => {
  test('if two were swapped', async () => {
    await using redis = await startRedis();
    await using vendors = new AsyncDisposableStack();
    const urls: Record<string, string> = {};
    for (const fixture of fixtures) {
      urls[fixture.urlVariable] = vendors.use(await startUpstream(goodVendor(fixture))).url;
    }
    await using two = await startCopies(redis, 2, {
      ...ofAll('keys'),
      ...ofAll('variables'),
      ...urls,
    });
    const [a, b] = two.copies;
    const query = '{ viewer { users { id } } }';
    const first = dataOf(await a.query(query));
    using client = redis.look();
    const names = () => client.keys('rolecall:response:*');
    await until(async () => (await names()).length === 2);
    const [one = '', other = ''] = await names();
    await client.multi().rename(one, 'x').rename(other, one).rename('x', other).exec();
    assert.deepEqual(dataOf(await b.query(query)), first);
    const { upstream } = b.operations()[0];
    assert.deepEqual(
      upstream.map(({ attempts }: { attempts: number }) => attempts),
      [1, 1],
    );
    // Once a minute, so the second one is only counted.
    assert.deepEqual(refusalsOf(b), [['cannot be decrypted', 1]]);
    assert.deepEqual(refusalsOf(a), []);
  });

  for (const [what, value, reason] of [
    ['another version', Buffer.from('2'.repeat(100)), 'has another version'],
    ['garbage of this version', Buffer.alloc(100, 1), 'cannot be decrypted'],
    ['too much', Buffer.alloc(1024 ** 2 + 1, 1), 'has more than 1048576 bytes'],
  ] as const) {
    test(`if it is ${what}`, async () => {
      await using redis = await startRedis();
      await using two = await startCopies(redis, 2);
      const [a, b] = two.copies;
      await a.callOf();
      using client = redis.look();
      await until(async () => (await client.keys('rolecall:response:*')).length === 1);
      await client.set(await onlyName(redis, 'response'), value, 'KEEPTTL');
      const before = await sentBy(redis);
      assert.equal(await b.callOf(), 2);
      assert.deepEqual(refusalsOf(b), [[reason, 1]]);
      // Whatever the length, it is not even sent if it is too long.
      assert.ok((await sentBy(redis)) - before < 100_000);
      assert.equal(await b.readiness(), 'ready\n');
    });
  }

  test('if its life was prolonged', async () => {
    await using redis = await startRedis();
    await using two = await startCopies(redis, 2);
    const [a, b] = two.copies;
    await a.callOf();
    using client = redis.look();
    await until(async () => (await client.keys('rolecall:response:*')).length === 1);
    await client.pexpire(await onlyName(redis, 'response'), 3_600_000);
    assert.equal(await b.callOf(), 2);
    assert.deepEqual(refusalsOf(b), [['expires later than it should', 1]]);
    await until(async () => (await a.callOf()) === 2);
    await client.persist(await onlyName(redis, 'response'));
    assert.equal(await b.callOf(), 3);
  });
});

describe('CACHE_SECRET', () => {
  test('that is wrong finds nothing, and one that is rotated finds everything', async () => {
    await using redis = await startRedis();
    const [old, next, wrong] = [newSecret(), newSecret(), newSecret()];
    await using first = await startCopies(redis, 1, { CACHE_SECRET: old });
    const callOf = async (CACHE_SECRET: string) => {
      using copy = startCopy({ ...first.environment, CACHE_SECRET });
      await copy.used();
      // Awaited here, before the copy is closed.
      return await copy.callOf();
    };
    assert.equal(await first.copies[0].callOf(), 1);
    using client = redis.look();
    const stored = async (count: number) =>
      until(async () => (await client.keys('rolecall:response:*')).length === count);
    await stored(1);
    assert.equal(await callOf(wrong), 2);
    await stored(2);
    assert.equal(await callOf(`${old},${next}`), 1);
    assert.equal(await callOf(`${next},${old}`), 1);
    assert.equal(await callOf(next), 3);
    await stored(3);
    // Of two, the younger.
    assert.equal(await callOf(`${old},${next}`), 3);
    assert.equal(await callOf(`${next},${old}`), 3);
    assert.equal(first.calls(), 3);
  });

  test('that is rotated finds what is to be dropped, under each name', async () => {
    await using redis = await startRedis();
    const [old, next] = [newSecret(), newSecret()];
    await using first = await startCopies(redis, 1, { CACHE_SECRET: `${old},${next}` });
    using second = startCopy({ ...first.environment, CACHE_SECRET: `${next},${old}` });
    await second.used();
    const [copy] = first.copies;
    await copy.callOf();
    await second.callOf({ 'cache-control': 'no-cache' });
    using client = redis.look();
    const values = async () => client.mget(await client.keys('rolecall:response:*'));
    await until(async () => (await client.keys('rolecall:response:*')).length === 2);
    first.state.script = (response) => response.writeHead(403).end('{}');
    await copy.query('{ viewer { datadog { id } } }', { headers: { 'cache-control': 'no-cache' } });
    assert.deepEqual(await values(), ['-', '-']);
  });
});
