import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopClock } from './support/clock.ts';
import { inTurn, json, startUpstream, text } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

test('a probe is reported once to a caller who waits for it, as any call is', async () => {
  using clock = stopClock();
  await using site = await startUpstream(inTurn(text('', 503), json({}), text('', 404)));
  const { get, reports } = upstreamOf(site, {
    breakerFailures: 1,
    breakerResetMs: 10_000,
    retries: 0,
  });
  await get('a');
  await assert.rejects(get('a'), { kind: 'open' });
  clock.advance(10_000);
  await get('a');
  await get('a');
  assert.deepEqual(reports, [
    { status: 503, attempts: 1, durationMs: 0 },
    { status: 200, attempts: 1, durationMs: 0 },
    { status: 404, attempts: 1, durationMs: 0 },
  ]);
});
