import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { userDocument } from '../fixtures/datadog.ts';
import { json } from '../support/upstream.ts';
import { ask, failuresOf, latency, type Sent, startLoad } from './clients.ts';
import { until } from './copies.ts';
import { keysOf, startThree, WITH_OWN_KEYS } from './processes.ts';

const CONNECTIONS = 200;
const REQUESTS = 4_000;
const PEOPLE = 30;
const TTL_MS = 1_000;
const OUTAGE_MS = 6 * TTL_MS;

/** The last request of each client. */
const lastOfEach = (sent: readonly Sent[]) => [
  ...new Map(sent.map((each) => [each.client, each])).values(),
];

const sentAt = (asOf: string | undefined) => Date.parse(asOf ?? '');

/** Lets Redis' clock run ahead for all responses: the time that they have left. */
async function leave(
  { redis }: Pick<Awaited<ReturnType<typeof startThree>>, 'redis'>,
  seconds: number,
) {
  using client = redis.look();
  const names = await client.keys('rolecall:response:*');
  for (const name of names) await client.pexpire(name, seconds * 1_000);
  return names.length;
}

test('a stale response is refreshed once for 200 connections, which are all served at once', async (context) => {
  await using three = await startThree({ CACHE_STALE_SECONDS: '600' });
  await ask(three.url);
  await until(async () => (await leave(three, 660)) === 1);
  await using load = startLoad(three.url, { clients: CONNECTIONS });
  // Until the code is compiled.
  await until(() => load.sent.length > REQUESTS);
  const released = Promise.withResolvers<void>();
  three.state.script = async (...call) => {
    await released.promise;
    json(userDocument({ attributes: { name: 'refreshed' } }))(...call);
  };
  const warm = load.sent.length;
  await leave(three, 500);
  await until(() => three.calls() === 2);
  const stale = load.sent.length;
  await until(() => load.sent.length > stale + REQUESTS);
  const held = load.sent.length;
  released.resolve();
  await until(() => load.sent.length > held + REQUESTS);
  const sent = await load.stop();
  assert.deepEqual(failuresOf(sent), {});
  assert.equal(three.calls(), 2);
  assert.deepEqual([...new Set(sent.slice(0, held).map(({ name }) => name))], ['1']);
  assert.deepEqual([...new Set(sent.slice(-CONNECTIONS).map(({ name }) => name))], ['refreshed']);
  const show = (title: string, from: number, to: number) => {
    const some = sent.slice(from, to);
    return `${title}: p50 ${latency(some, 0.5)} ms, p99 ${latency(some, 0.99)} ms, slowest ${latency(some, 1)} ms`;
  };
  context.diagnostic(
    [
      show('fresh', REQUESTS / 2, warm),
      show('stale', stale, held),
      show('refreshed', held, sent.length),
    ].join('; '),
  );
});

test('while the vendor is down for six times as long as responses are fresh, everybody known is served', async (context) => {
  await using three = await startThree({
    ...WITH_OWN_KEYS,
    CACHE_TTL_SECONDS: `${TTL_MS / 1_000}`,
    CACHE_STALE_IF_ERROR_SECONDS: '60',
    BREAKER_RESET_MS: '500',
  });
  await using load = startLoad(three.url, { clients: PEOPLE, pauseMs: 20, headers: keysOf });
  await until(() => load.sent.length > 10 * PEOPLE);
  const down = Date.now();
  const before = load.sent.length;
  three.state.script = (response) => void response.socket?.destroy();
  await delay(OUTAGE_MS);
  const unknown = await ask(three.url, { headers: keysOf(PEOPLE) });
  const during = load.sent.slice(before);
  const last = lastOfEach(during);
  const up = Date.now();
  three.state.script = undefined;
  await until(() =>
    lastOfEach(load.sent).every(({ asOf, warnings }) => sentAt(asOf) > up && warnings.length === 0),
  );
  const sent = await load.stop();

  assert.equal(unknown.failure, 'UPSTREAM_UNAVAILABLE');
  assert.deepEqual(failuresOf(sent), {});
  assert.equal(last.length, PEOPLE);
  for (const { asOf, warnings } of last) {
    assert.deepEqual(warnings, ['UPSTREAM_UNAVAILABLE']);
    // A response may have been on its way.
    assert.ok(sentAt(asOf) < down + TTL_MS);
  }
  const warned = during.filter(({ warnings }) => warnings.length > 0).length;
  context.diagnostic(
    `${during.length} requests while it was down, ${warned} with a warning; at its end responses were ${Math.min(...last.map(({ asOf }) => up - sentAt(asOf)))} ms old and more`,
  );
});
