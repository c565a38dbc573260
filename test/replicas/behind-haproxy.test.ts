import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { describe, test } from 'node:test';
import { json } from '../support/upstream.ts';
import { ask, failuresOf, type Outcome, startLoad } from './clients.ts';
import { until } from './copies.ts';
import { checkConfiguration } from './haproxy.ts';
import { startThree } from './processes.ts';

const LIMIT = 50;
const DENIED = { errors: ['Forbidden'] };

test('the configuration is valid without any variable', () => {
  assert.deepEqual(checkConfiguration(), { status: 0, output: 'Configuration file is valid\n' });
});

type Three = Awaited<ReturnType<typeof startThree>>;

/** Simultaneous requests from one address of loopback. */
async function flood(url: string, localAddress: string, requests: number, headers = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 60 });
  const sent = Array.from({ length: requests }, () => ask(url, { agent, localAddress, headers }));
  const outcomes: Outcome[] = await Promise.all(sent);
  agent.destroy();
  return outcomes;
}

const servedOf = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ failure }) => failure === undefined).length;

/** Every copy has executed operations since it was started. */
function assertAllServed({ copies }: Three): void {
  for (const copy of copies) assert.ok(copy.operations() > 0, `${copy.url} served nothing`);
}

/** Resolves once the only response is in Redis. */
async function stored({ redis }: Three): Promise<void> {
  using client = redis.look();
  await until(async () => (await client.keys('rolecall:response:*')).length === 1);
}

describe('a limit of N', () => {
  test('gives each client’s address N in all, whatever X-Forwarded-For it sends', async () => {
    await using three = await startThree({ RATE_LIMIT: `${LIMIT}` });
    const refused = { '429 RATE_LIMITED': 120 - LIMIT };
    const first = await flood(three.url, '127.0.0.2', 120);
    assert.equal(servedOf(first), LIMIT);
    assert.deepEqual(failuresOf(first), refused);
    const forged = Array.from({ length: 10 }, (_, index) =>
      flood(three.url, '127.0.0.2', 1, { 'x-forwarded-for': `203.0.113.${index}` }),
    );
    assert.equal(servedOf((await Promise.all(forged)).flat()), 0);
    const second = await flood(three.url, '127.0.0.3', 120);
    assert.deepEqual(failuresOf(second), refused);
    assertAllServed(three);
  });
});

describe('one response', () => {
  test('serves 300 requests to three copies', async () => {
    await using three = await startThree();
    assert.equal((await ask(three.url)).name, '1');
    await stored(three);
    const outcomes = await flood(three.url, '127.0.0.1', 300);
    assert.deepEqual([...new Set(outcomes.map(({ name }) => name))], ['1']);
    assert.equal(three.calls(), 1);
    assertAllServed(three);
  });

  test('is gone for every request that begins after one copy has seen it revoked', async () => {
    await using three = await startThree({ CACHE_STALE_IF_ERROR_SECONDS: '600' });
    await ask(three.url);
    await stored(three);
    await using load = startLoad(three.url, { clients: 24 });
    await until(() => load.sent.length > 300);
    assert.equal(three.calls(), 1);
    three.state.script = json(DENIED, 403);
    const seen = await ask(three.url, { headers: { 'cache-control': 'no-cache' } });
    const revoked = performance.now();
    assert.equal(seen.failure, 'UPSTREAM_FORBIDDEN');
    const before = load.sent.length;
    await until(() => load.sent.length > before + 300);
    const sent = await load.stop();
    assert.deepEqual(Object.keys(failuresOf(sent)), ['UPSTREAM_FORBIDDEN']);
    const later = sent.filter(({ began }) => began > revoked);
    assert.ok(later.length > 0);
    assert.equal(servedOf(later), 0);
    assertAllServed(three);
  });
});

test('a client that disconnects cancels its call', async () => {
  await using three = await startThree();
  const arrived = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  three.state.script = (response) => {
    arrived.resolve();
    once(response, 'close').then(() => closed.resolve());
  };
  const agent = new Agent({ keepAlive: true });
  const asked = ask(three.url, { agent });
  await arrived.promise;
  agent.destroy();
  await closed.promise;
  assert.equal((await asked).failure, 'ECONNRESET');
});
