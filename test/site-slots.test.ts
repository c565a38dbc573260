import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { userDocument } from './fixtures/datadog.ts';
import { stopTime } from './support/clock.ts';
import { createRolecall, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream, text } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

const QUERY = '{ viewer { datadog { id } } }';
const keys = (key: string) => ({ 'DD-API-KEY': key, 'DD-APPLICATION-KEY': key });

describe('the slots of a site', () => {
  test('limit the calls under way and the calls that wait; others are refused at once', async () => {
    const waiting: (() => void)[] = [];
    await using datadog = await startUpstream((...call) => {
      waiting.push(() => json(userDocument())(...call));
    });
    const rolecall = createRolecall({
      CREDENTIALS: 'request',
      DATADOG_API_URL: datadog.url,
      UPSTREAM_CONCURRENCY: '2',
      UPSTREAM_QUEUE: '3',
    });
    const responses = Array.from({ length: 8 }, (_, i) =>
      rolecall.query(QUERY, { headers: keys(`key-${i}`) }),
    );
    const refused = await Promise.all(responses.slice(5));
    for (const { errors } of refused) {
      assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_UNAVAILABLE');
      assert.match(errors?.[0]?.message ?? '', /too many calls are waiting/);
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
    using timers = stopTime();
    await using site = await startUpstream(() => {});
    const { get } = upstreamOf(site, { concurrency: 1, deadlineMs: 1_000, timeoutMs: 10_000 });
    const first = assert.rejects(get('a'), { kind: 'timeout' });
    while (site.seen.length < 1) await nextTurn();
    timers.advance(400);
    const second = assert.rejects(get('b'), { kind: 'timeout' });
    timers.advance(600);
    await first;
    // The second call has its slot now, and 400 ms left.
    while (site.seen.length < 2) await nextTurn();
    timers.advance(400);
    await second;
  });

  test('nothing is sent once the deadline has passed', async () => {
    await using site = await startUpstream(json(userDocument()));
    const { get, reports } = upstreamOf(site, { concurrency: 2, deadlineMs: 0 });
    for (let i = 0; i < 3; i += 1) await assert.rejects(get('a'), { kind: 'timeout' });
    assert.deepEqual([site.seen.length, reports], [0, []]);
  });

  test('nothing is sent for a caller who has left already', async () => {
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
    const rolecall = createRolecallFor(
      { datadog },
      { UPSTREAM_CONCURRENCY: '1', UPSTREAM_QUEUE: '0' },
    );
    const caller = new AbortController();
    const response = assert.rejects(rolecall.query(QUERY, { signal: caller.signal }));
    while (datadog.seen.length === 0) await nextTurn();
    caller.abort();
    await response;
    dataOf(await rolecall.query(QUERY));
  });

  test('a hanging HeyGen leaves Datadog its slots', async () => {
    await using datadog = await startUpstream(json(userDocument()));
    await using heygen = await startUpstream(() => {});
    const rolecall = createRolecallFor(
      { datadog, heygen },
      { UPSTREAM_CONCURRENCY: '1', UPSTREAM_QUEUE: '0' },
    );
    const caller = new AbortController();
    const hanging = rolecall.query('{ viewer { heygen { id } } }', { signal: caller.signal });
    while (heygen.seen.length === 0) await nextTurn();
    dataOf(await rolecall.query(QUERY));
    caller.abort();
    await assert.rejects(hanging);
  });
});
