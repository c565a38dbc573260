import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { user, v1 } from './fixtures/heygen.ts';
import { readConfig } from './support/config.ts';
import { createRolecall, createTestServer, type Rolecall } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const URL = 'http://rolecall.example/graphql';
const TYPENAME = '{ __typename }';
const JSON_HEADERS = { 'content-type': 'application/json' };

type Server = Pick<Rolecall, 'fetch'>;

/** Reads the body, so that the connection is free for the next request. */
async function send(server: Server, init: RequestInit, url = URL) {
  // Copied, because Yoga's fetch adds a length to the headers.
  const response = await server.fetch(url, {
    ...init,
    headers: { ...(init.headers as Record<string, string>) },
  });
  const { status, headers } = response;
  return { status, headers, text: await response.text() };
}

function post(server: Server, body: string, headers: Record<string, string> = {}) {
  return send(server, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body });
}

function ask(server: Server, headers: Record<string, string> = {}) {
  return post(server, JSON.stringify({ query: TYPENAME }), headers);
}

async function statuses(times: number, request: (index: number) => Promise<{ status: number }>) {
  const all: number[] = [];
  for (let index = 0; index < times; index += 1) all.push((await request(index)).status);
  return all;
}

/** Rolecall on a port, so that callers have an address: 127.0.0.1, or the one in X-Forwarded-For. */
async function listen(environment: Record<string, string>) {
  const server = createServer(createTestServer(readConfig(environment)).listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return {
    fetch: (_url: string, init?: RequestInit) => fetch(url, init),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const from = (address: string) => ({ 'x-forwarded-for': address });

describe('the address of a caller', () => {
  test('is not what X-Forwarded-For says, where no proxy is trusted', async () => {
    for (const environment of [{}, { TRUST_PROXY: '192.0.2.1, 10.0.0.0/8' }]) {
      await using rolecall = await listen({ RATE_LIMIT: '2', ...environment });
      assert.deepEqual(
        await statuses(3, (index) => ask(rolecall, from(`198.51.100.${index}`))),
        [200, 200, 429],
      );
    }
  });

  test('is what the trusted proxy next to it says, whatever stands before that', async () => {
    await using rolecall = await listen({ RATE_LIMIT: '1', TRUST_PROXY: 'loopback, 192.0.2.1' });
    assert.equal((await ask(rolecall, from('198.51.100.1'))).status, 200);
    assert.equal((await ask(rolecall, from('198.51.100.2'))).status, 200);
    for (const forwarded of [
      '198.51.100.1',
      '203.0.113.7, 198.51.100.1',
      '203.0.113.7, 198.51.100.1, 192.0.2.1',
      '203.0.113.8,198.51.100.1:4000, 192.0.2.1:5000',
      'unknown, 198.51.100.1',
    ]) {
      assert.equal((await ask(rolecall, from(forwarded))).status, 429, forwarded);
    }
  });

  for (const [name, first, second] of [
    ['a port', '8.8.8.8:4000', '8.8.8.8:4001'],
    ['brackets and a port', '[2001:db8::1]:80', '2001:db8::1'],
    ['an IPv4 address written as IPv6', '::ffff:8.8.8.8', '8.8.8.8'],
    ['an IPv4 address written as IPv6 in hexadecimal', '::ffff:808:808', '8.8.8.8'],
    ['a zone', 'fe80::1%eth0', 'fe80::1%eth1'],
    ['another spelling', '2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['another address of an IPv6 /64', '2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['garbage instead of an address', 'unknown', '_hidden'],
    ['more garbage', 'x'.repeat(5_000), '<script>'],
    ['no address', '', ' , ,'],
  ] as const) {
    test(`is the same with ${name}: ${first.slice(0, 40)}, ${second}`, async () => {
      await using rolecall = await listen({ RATE_LIMIT: '1', TRUST_PROXY: 'loopback' });
      assert.equal((await ask(rolecall, from(first))).status, 200);
      assert.equal((await ask(rolecall, from(second))).status, 429);
      // Invalid addresses count for the proxy that sends them, not for other callers.
      for (const other of ['8.8.4.4', '2001:db8:1:3::1', '8.8.8.9:4000']) {
        assert.equal((await ask(rolecall, from(other))).status, 200, other);
      }
    });
  }
});

test('the address of a caller is that of the proxy where the proxy sends none', async () => {
  await using rolecall = await listen({ RATE_LIMIT: '1', TRUST_PROXY: 'loopback, 10.0.0.0/8' });
  for (const [forwarded, status] of [
    ['unknown, 10.0.0.1', 200],
    ['_hidden, 10.0.0.1', 429],
    ['unknown, 10.0.0.2', 200],
  ] as const) {
    assert.equal((await ask(rolecall, from(forwarded))).status, status, forwarded);
  }
});

test('the address of a caller is looked for behind 16 proxies, and no more', async () => {
  await using rolecall = await listen({ RATE_LIMIT: '1', TRUST_PROXY: 'loopback, 10.0.0.0/8' });
  // The first of the proxies is the one that connects.
  const behind = (proxies: number, address: string) =>
    ask(rolecall, from([address, ...Array(proxies - 1).fill('10.0.0.1')].join()));
  assert.equal((await behind(16, '8.8.8.8')).status, 200);
  assert.equal((await behind(16, '8.8.4.4')).status, 200);
  assert.equal((await behind(17, '8.8.8.9')).status, 200);
  assert.equal((await behind(17, '8.8.4.5')).status, 429);
});

describe('every request counts', () => {
  test('before anything of it is parsed', async () => {
    const rolecall = createRolecall({ RATE_LIMIT: '7', LIMIT_BODY_BYTES: '100' });
    const get = (query: string, headers: Record<string, string> = JSON_HEADERS) =>
      send(rolecall, { headers }, `${URL}?${query}`);
    const refused = [
      await post(rolecall, '{ not json'),
      await post(rolecall, 'null'),
      await post(rolecall, 'x'.repeat(200)),
      await post(rolecall, '', { 'content-type': 'text/plain' }),
      await get('query={__typename}&variables={'),
      await get('query={__typename}', {}),
      await send(rolecall, { method: 'PUT', headers: JSON_HEADERS, body: '{}' }),
    ].map(({ status }) => status);
    assert.deepEqual(refused, [400, 400, 413, 415, 400, 403, 405]);
    assert.equal((await post(rolecall, '{ not json')).status, 429);
    assert.equal((await get('variables={')).status, 429);
  });

  test('a batch for each of its operations, and one that is refused once', async () => {
    const batch = (rolecall: Rolecall, operations: number) =>
      post(
        rolecall,
        JSON.stringify(Array.from({ length: operations }, () => ({ query: TYPENAME }))),
      );
    const rolecall = createRolecall({ RATE_LIMIT: '6', LIMIT_BATCH: '3' });
    assert.equal((await batch(rolecall, 3)).status, 200);
    assert.equal((await batch(rolecall, 4)).status, 400);
    assert.equal((await batch(rolecall, 2)).status, 200);
    assert.equal((await ask(rolecall)).status, 429);
    const exceeded = createRolecall({ RATE_LIMIT: '2', LIMIT_BATCH: '3' });
    assert.equal((await batch(exceeded, 3)).status, 429);
  });
});

describe('callers with tokens', () => {
  const TOKENS = { CLIENT_TOKENS: 'token-of-somebody, token-of-another' };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test('guesses count against their address, which leaves right tokens alone', async () => {
    await using rolecall = await listen({ RATE_LIMIT: '10', TRUST_PROXY: 'loopback', ...TOKENS });
    const guess = (index: number) =>
      ask(rolecall, { ...bearer(`guess-${index}`), ...from('8.8.8.8') });
    const guesses = await statuses(200, guess);
    assert.deepEqual(guesses, [...Array(10).fill(401), ...Array(190).fill(429)]);
    assert.equal((await ask(rolecall, from('8.8.8.8'))).status, 429);
    assert.equal((await ask(rolecall, from('8.8.4.4'))).status, 401);
    const right = { ...bearer('token-of-somebody'), ...from('8.8.8.8') };
    assert.deepEqual(await statuses(11, () => ask(rolecall, right)), [...Array(10).fill(200), 429]);
    assert.equal((await ask(rolecall, bearer('token-of-another'))).status, 200);
  });

  test('bring whatever credentials they like', async () => {
    const rolecall = createRolecall({ RATE_LIMIT: '30', CREDENTIALS: 'request', ...TOKENS });
    const operations = await statuses(31, (index) =>
      ask(rolecall, { ...bearer('token-of-somebody'), 'x-heygen-api-key': `key-${index}` }),
    );
    assert.deepEqual(operations, [...Array(30).fill(200), 429]);
  });
});

describe('callers with vendors’ credentials', () => {
  const REQUEST = { CREDENTIALS: 'request', RATE_LIMIT: '2' };
  const heygen = (key: string) => ({ 'x-heygen-api-key': key });

  /** A vendor that accepts keys that begin with "good", and refuses others with HTTP 200. */
  const startVendor = () =>
    startUpstream((response, seen, call) => {
      const isGood = String(seen.headers['x-api-key']).startsWith('good');
      json(isGood ? v1() : { code: 40009, message: 'no' })(response, seen, call);
    });
  const viewer = (rolecall: Server, headers: Record<string, string>) =>
    post(rolecall, JSON.stringify({ query: '{ viewer { heygen { firstName } } }' }), headers);

  test('that are invented count against their address too, ten times as much', async () => {
    await using rolecall = await listen({ ...REQUEST, TRUST_PROXY: 'loopback' });
    const invent = (index: number) =>
      ask(rolecall, { ...heygen(`key-${index}`), ...from('8.8.8.8') });
    assert.deepEqual(await statuses(25, invent), [...Array(20).fill(200), ...Array(5).fill(429)]);
    assert.match(
      (await invent(0)).text,
      /more than 20 operations in a minute from one address, .* no vendor has accepted yet/,
    );
    assert.equal((await ask(rolecall, { ...heygen('key-0'), ...from('8.8.4.4') })).status, 200);
    assert.equal((await ask(rolecall, from('8.8.8.8'))).status, 200);
  });

  test('that a vendor has accepted count by themselves', async () => {
    await using vendor = await startVendor();
    const rolecall = createRolecall({ ...REQUEST, HEYGEN_API_URL: vendor.url });
    assert.match((await viewer(rolecall, heygen('good'))).text, new RegExp(user.first_name));
    await viewer(rolecall, heygen('bad'));
    await statuses(20, (index) => ask(rolecall, heygen(`key-${index}`)));
    assert.equal((await ask(rolecall, heygen('bad'))).status, 429);
    assert.deepEqual(await statuses(2, () => ask(rolecall, heygen('good'))), [200, 429]);
  });

  test('vouch for themselves only: invented ones beside them do not', async () => {
    await using vendor = await startVendor();
    const rolecall = createRolecall({ ...REQUEST, RATE_LIMIT: '5', HEYGEN_API_URL: vendor.url });
    await viewer(rolecall, heygen('good'));
    const beside = (index: number) =>
      ask(rolecall, { ...heygen('good'), 'dd-api-key': `${index}`, 'dd-application-key': 'x' });
    // Accepted keys are counted separately. New keys sent with them do not reset that count.
    assert.deepEqual(await statuses(5, beside), [...Array(4).fill(200), 429]);
    // One less for each new key, and one less for the first request with the good key.
    const invent = (index: number) => ask(rolecall, heygen(`key-${index}`));
    const left = await statuses(50, invent);
    assert.equal(left.filter((status) => status === 200).length, 50 - 1 - 5);
  });

  test('count as accepted for an hour after their last use', async (context) => {
    await using vendor = await startVendor();
    const rolecall = createRolecall({ ...REQUEST, HEYGEN_API_URL: vendor.url });
    const flood = () => statuses(21, (index) => ask(rolecall, heygen(`key-${index}`)));
    await viewer(rolecall, heygen('good'));
    const clock = fakePerformance(context);
    await flood();
    await clock.advance(59 * 60_000);
    assert.equal((await ask(rolecall, heygen('good'))).status, 200);
    await clock.advance(2 * 60_000);
    assert.match((await ask(rolecall, heygen('good'))).text, /no vendor has accepted yet/);
  });
});

/** A monotonic clock that can be advanced. */
function fakePerformance(context: TestContext) {
  let passed = 0;
  const real = performance.now.bind(performance);
  context.mock.method(performance, 'now', () => real() + passed);
  return {
    async advance(ms: number) {
      passed += ms;
      // lru-cache caches the time for a millisecond, with a timer that was set before this one.
      await delay(2);
    },
  };
}

test('a wall clock that is set back keeps nobody out for longer than a minute', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const rolecall = createRolecall({ RATE_LIMIT: '1' });
  assert.equal((await ask(rolecall)).status, 200);
  const anHourAgo = Date.now() - 60 * 60_000;
  context.mock.method(Date, 'now', () => anHourAgo);
  const refused = await ask(rolecall);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), '60');
  assert.match(refused.text, /Try again in 60 seconds/);
  context.mock.timers.tick(60_000);
  assert.equal((await ask(rolecall)).status, 200);
});
