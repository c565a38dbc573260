import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Slot, Slots } from '../src/upstream/slots.ts';
import { userDocument } from './fixtures/datadog.ts';
import { stopTimers } from './support/clock.ts';
import { createGateway, createServerGateway, dataOf } from './support/gateway.ts';
import { json, startUpstream, text } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

const QUERY = '{ viewer { datadog { id } } }';
const keys = (key: string) => ({ 'DD-API-KEY': key, 'DD-APPLICATION-KEY': key });

describe('the slots of a site', () => {
  test('bound what is under way and what waits; the rest is refused at once', async () => {
    const waiting: (() => void)[] = [];
    await using datadog = await startUpstream((...call) => {
      waiting.push(() => json(userDocument())(...call));
    });
    const gateway = createGateway({
      CREDENTIALS: 'request',
      DATADOG_API_URL: datadog.url,
      UPSTREAM_CONCURRENCY: '2',
      UPSTREAM_QUEUE: '3',
    });
    const responses = Array.from({ length: 8 }, (_, i) =>
      gateway.query(QUERY, { headers: keys(`key-${i}`) }),
    );
    const refused = await Promise.all(responses.slice(5));
    for (const { errors } of refused) {
      assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_UNAVAILABLE');
      assert.match(errors?.[0]?.message ?? '', /too many calls to it are waiting/);
    }
    while (waiting.length < 2) await nextTurn();
    assert.equal(datadog.seen.length, 2);
    const done = Promise.all(responses.slice(0, 5)).then((all) => all.map(dataOf));
    for (let served = 0; served < 5; served += 1) {
      while (waiting.length === 0) await nextTurn();
      assert.ok(datadog.seen.length - served <= 2, 'never more than two under way');
      waiting.shift()?.();
    }
    await done;
  });

  test('the deadline covers the wait for a slot', async () => {
    using timers = stopTimers();
    await using site = await startUpstream(() => {});
    const { get } = upstreamOf(site, { concurrency: 1, deadlineMs: 1_000, timeoutMs: 10_000 });
    const first = assert.rejects(get('a'), { kind: 'timeout' });
    while (site.seen.length < 1) await nextTurn();
    timers.advance(400);
    const second = assert.rejects(get('b'), { kind: 'timeout' });
    timers.advance(600);
    await first;
    // It has its slot now, and 400 ms left of its own.
    while (site.seen.length < 2) await nextTurn();
    timers.advance(400);
    await second;
  });

  test('nobody is asked once the deadline has passed', async () => {
    await using site = await startUpstream(json(userDocument()));
    const { get, reports } = upstreamOf(site, { concurrency: 2, deadlineMs: 0 });
    for (let i = 0; i < 3; i += 1) await assert.rejects(get('a'), { kind: 'timeout' });
    assert.deepEqual([site.seen.length, reports], [0, []]);
  });

  test('for a caller who has left already nobody is asked', async () => {
    await using site = await startUpstream(json({}));
    const { get } = upstreamOf(site, { concurrency: 1, queue: 0 });
    await assert.rejects(get('a', { signal: AbortSignal.abort() }), { kind: 'cancelled' });
    assert.equal((await get('a')).status, 200, 'its slot is given back');
    assert.equal(site.seen.length, 1);
  });

  test('a breaker that is open refuses before and after the wait for a slot', async () => {
    const respond: (() => void)[] = [];
    await using site = await startUpstream((...call) => {
      respond.push(() => text('', 500)(...call));
    });
    const settings = { concurrency: 1, queue: 1, retries: 0, breakerFailures: 1 };
    const { get } = upstreamOf(site, settings);
    const first = get('a');
    const waiting = get('a');
    while (respond.length === 0) await nextTurn();
    respond[0]?.();
    await first;
    await assert.rejects(waiting, { kind: 'open' });
    const other = get('b');
    const behind = get('c');
    while (respond.length < 2) await nextTurn();
    await assert.rejects(get('a'), { kind: 'open' });
    respond[1]?.();
    await other;
    while (respond.length < 3) await nextTurn();
    respond[2]?.();
    assert.equal((await behind).status, 500);
  });

  test('a caller who leaves gives the slot back at once, also while a retry is waited for', async () => {
    await using datadog = await startUpstream((response, seen, call) =>
      (call === 1 ? text('', 429, { 'retry-after': '8' }) : json(userDocument()))(
        response,
        seen,
        call,
      ),
    );
    const gateway = createServerGateway(
      { datadog },
      { UPSTREAM_CONCURRENCY: '1', UPSTREAM_QUEUE: '0' },
    );
    const caller = new AbortController();
    const response = assert.rejects(gateway.query(QUERY, { signal: caller.signal }));
    while (datadog.seen.length === 0) await nextTurn();
    caller.abort();
    await response;
    dataOf(await gateway.query(QUERY));
  });

  test('a hanging HeyGen leaves Datadog its slots', async () => {
    await using datadog = await startUpstream(json(userDocument()));
    await using heygen = await startUpstream(() => {});
    const gateway = createServerGateway(
      { datadog, heygen },
      { UPSTREAM_CONCURRENCY: '1', UPSTREAM_QUEUE: '0' },
    );
    const caller = new AbortController();
    const hanging = gateway.query('{ viewer { heygen { id } } }', { signal: caller.signal });
    while (heygen.seen.length === 0) await nextTurn();
    dataOf(await gateway.query(QUERY));
    caller.abort();
    await assert.rejects(hanging);
  });
});

/** Slots, and who got one, in order. */
function slotsOf(slots: number, queue: number) {
  const site = new Slots(slots, queue);
  const got: string[] = [];
  const held: { credential: string; slot: Slot }[] = [];
  const failures: [string, string][] = [];
  return {
    site,
    got,
    failures,
    take(credential: string, { isAccepted = true, signal = new AbortController().signal } = {}) {
      const has = (slot: Slot) => {
        got.push(credential);
        held.push({ credential, slot });
      };
      try {
        const taken = site.take(credential, isAccepted, signal, 60_000);
        if (!(taken instanceof Promise)) has(taken);
        else taken.then(has, ({ kind }) => failures.push([credential, kind]));
      } catch (error) {
        failures.push([credential, (error as { kind: string }).kind]);
      }
    },
    async giveBack(credential: string) {
      const i = held.findIndex((one) => one.credential === credential);
      const [holder] = held.splice(i, 1);
      assert.ok(holder, `${credential} holds none of ${got}`);
      site.giveBack(holder.slot);
      await nextTurn();
    },
  };
}

const times = (count: number, what: () => void) => {
  for (let i = 0; i < count; i += 1) what();
};

describe('who gets a slot', () => {
  test('one alone gets all, in the order in which its calls came', async () => {
    const { got, take, giveBack } = slotsOf(3, 10);
    times(3, () => take('a'));
    assert.equal(got.length, 3);
    const left = new AbortController();
    take('a', { signal: left.signal });
    take('a');
    left.abort();
    await giveBack('a');
    assert.equal(got.length, 4);
  });

  test('who holds the fewest comes first, then whoever waited longest', async () => {
    const { got, take, giveBack } = slotsOf(2, 10);
    times(6, () => take('a'));
    times(3, () => take('b'));
    take('c');
    for (const holder of ['a', 'a', 'b', 'c', 'a', 'b', 'a']) await giveBack(holder);
    assert.deepEqual(got, ['a', 'a', 'b', 'c', 'a', 'b', 'a', 'b', 'a']);
  });

  test('one slot goes round', async () => {
    const { got, take, giveBack } = slotsOf(1, 20);
    times(6, () => take('a'));
    times(3, () => take('b'));
    for (const holder of ['a', 'b', 'a', 'b', 'a', 'b']) await giveBack(holder);
    assert.deepEqual(got, ['a', 'b', 'a', 'b', 'a', 'b', 'a']);
  });

  test('credentials that are not accepted have one share together, and take turns in it', async () => {
    const { got, take, giveBack } = slotsOf(2, 20);
    times(3, () => take('x', { isAccepted: false }));
    for (const stranger of ['y', 'z', 'y']) take(stranger, { isAccepted: false });
    times(3, () => take('a'));
    for (const holder of ['x', 'x', 'a', 'y', 'a', 'z']) await giveBack(holder);
    assert.deepEqual(got, ['x', 'x', 'a', 'y', 'a', 'z', 'a', 'x']);
  });

  test('a credential that is accepted meanwhile leaves the common share', async () => {
    const { got, take, giveBack } = slotsOf(2, 20);
    for (const stranger of ['a', 'x', 'x', 'a']) take(stranger, { isAccepted: false });
    take('a');
    await giveBack('a');
    assert.deepEqual(got, ['a', 'x', 'a'], 'it holds none, they hold one');
    await giveBack('x');
    assert.deepEqual(got, ['a', 'x', 'a', 'x'], 'it holds one, they hold none');
  });

  test('an accepted credential that holds none finds one where others hold them all', async () => {
    const { got, take, giveBack } = slotsOf(8, 10);
    times(9, () => take('x', { isAccepted: false }));
    take('y', { isAccepted: false });
    times(2, () => take('a'));
    take('b');
    take('c');
    assert.deepEqual(got.slice(8), ['a', 'b'], 'two for eight');
    await giveBack('a');
    assert.deepEqual(got.slice(10), ['c']);
    await giveBack('x');
    await giveBack('x');
    assert.deepEqual(got.slice(11), ['a'], 'the other slots are given to others as they get free');
  });

  test('whoever has the most waiting is refused where too many wait: the last that came', async () => {
    const { got, failures, take, giveBack } = slotsOf(1, 4);
    times(4, () => take('a'));
    take('b');
    take('c');
    await nextTurn();
    assert.deepEqual(failures, [['a', 'overflow']], 'one of three');
    take('c');
    take('b');
    assert.deepEqual(failures.slice(1), [
      ['c', 'overflow'],
      ['b', 'overflow'],
    ]);
    for (const holder of ['a', 'b', 'c', 'a']) await giveBack(holder);
    assert.deepEqual(got, ['a', 'b', 'c', 'a', 'a']);
  });

  test('many credentials that are not accepted refuse each other, not one that is', async () => {
    const { failures, take } = slotsOf(1, 4);
    take('v', { isAccepted: false });
    for (const stranger of ['w', 'x', 'y', 'z']) take(stranger, { isAccepted: false });
    times(2, () => take('a'));
    await nextTurn();
    assert.deepEqual(
      failures.map(([credential]) => credential),
      ['w', 'x'],
    );
    take('z', { isAccepted: false });
    assert.deepEqual(failures.at(2), ['z', 'overflow']);
  });

  test('who left, or was refused, keeps no turn', async () => {
    const { got, failures, take, giveBack } = slotsOf(1, 2);
    take('a');
    const left = new AbortController();
    take('b', { signal: left.signal });
    take('c');
    left.abort();
    await giveBack('a');
    assert.deepEqual([got, failures], [['a', 'c'], [['b', 'cancelled']]]);
    await giveBack('c');
    take('d');
    assert.deepEqual(got, ['a', 'c', 'd'], 'and no slot');
  });

  test('who waited too long keeps no turn', async () => {
    using timers = stopTimers();
    const { got, failures, take, giveBack } = slotsOf(1, 2);
    take('a');
    take('b');
    timers.advance(30_000);
    take('c');
    timers.advance(30_000);
    await nextTurn();
    await giveBack('a');
    assert.deepEqual([got, failures], [['a', 'c'], [['b', 'timeout']]]);
  });
});
