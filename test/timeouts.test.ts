import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { stopTimers } from './support/clock.ts';
import { json, type Script, startUpstream, text } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

/** Begins a body and never ends it. */
const hang: Script = (response) => void response.writeHead(200).write('{');

/** Is it still under way? */
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
    using timers = stopTimers();
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
    using timers = stopTimers();
    await using site = await startUpstream((...call) =>
      (call[2] === 1 ? text('', 503) : hang)(...call),
    );
    const call = upstreamOf(site, { timeoutMs: 60_000 }).get('a');
    const watched = watch(call);
    while (site.seen.length === 0) await nextTurn();
    // The response is on its way for a few turns.
    await turns();
    let waited = 0;
    for (; site.seen.length === 1; waited += 10) {
      timers.advance(10);
      await nextTurn();
    }
    timers.advance(9_999 - waited);
    await turns();
    assert.ok(watched.isUnderWay);
    timers.advance(1);
    await assert.rejects(call, { kind: 'timeout' });
    assert.equal(site.seen.length, 2);
  });

  test('a short Retry-After is waited for', async () => {
    using timers = stopTimers();
    await using site = await startUpstream((...call) =>
      (call[2] === 1 ? text('', 429, { 'retry-after': '1' }) : json({}))(...call),
    );
    const call = upstreamOf(site).get('a');
    while (site.seen.length === 0) await nextTurn();
    // The response is on its way for a few turns.
    await turns();
    let waited = 0;
    for (; site.seen.length < 2; waited += 10) {
      timers.advance(10);
      await nextTurn();
    }
    assert.ok(waited >= 1_000, `${waited} ms`);
    assert.equal((await call).status, 200);
  });
});
