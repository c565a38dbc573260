import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { httpPolicy } from '../src/upstream/retry-policy.ts';
import { shortenWaits, stopTime } from './support/clock.ts';
import { inTurn, json, type Script, startUpstream, text } from './support/upstream.ts';
import { upstreamOf, watchWait } from './support/way.ts';

/** Begins a body and never ends it. */
const hang: Script = (response) => void response.writeHead(200).write('{');

/** Tracks whether the call is still under way. */
function watch(call: Promise<unknown>) {
  const watched = { isUnderWay: true };
  const end = () => {
    watched.isUnderWay = false;
  };
  call.then(end, end);
  return watched;
}

async function turns() {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

describe('the time that a call may take', () => {
  test('one attempt, with its body, takes 5 seconds at most, and is not retried', async () => {
    using timers = stopTime();
    await using site = await startUpstream(hang);
    const call = upstreamOf(site).get('a');
    const watched = watch(call);
    while (site.seen.length === 0) await nextTurn();
    timers.advance(4_999);
    await turns();
    assert.ok(watched.isUnderWay);
    timers.advance(1);
    await assert.rejects(call, { kind: 'timeout' });
    assert.equal(site.seen.length, 1);
  });

  test('all attempts and the waits between them take 10 seconds at most', async () => {
    using timers = stopTime();
    using _waits = shortenWaits();
    await using site = await startUpstream(inTurn(text('', 503), hang));
    const { policy, waiting } = watchWait(httpPolicy);
    const call = upstreamOf(site, { timeoutMs: 60_000 }, policy).get('a');
    const watched = watch(call);
    await waiting;
    await nextTurn();
    timers.advance(100);
    while (site.seen.length === 1) await nextTurn();
    timers.advance(9_899);
    await turns();
    assert.ok(watched.isUnderWay);
    timers.advance(1);
    await assert.rejects(call, { kind: 'timeout' });
    assert.equal(site.seen.length, 2);
  });

  test('a short Retry-After is waited for', async () => {
    using timers = stopTime();
    await using site = await startUpstream(inTurn(text('', 429, { 'retry-after': '1' }), json({})));
    const { policy, waiting } = watchWait(httpPolicy);
    const call = upstreamOf(site, {}, policy).get('a');
    await waiting;
    await nextTurn();
    timers.advance(999);
    await turns();
    assert.equal(site.seen.length, 1);
    timers.advance(1);
    assert.equal((await call).status, 200);
    assert.equal(site.seen.length, 2);
  });
});
