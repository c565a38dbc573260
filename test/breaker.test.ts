import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { stopClock, stopTime } from './support/clock.ts';
import { codesOf, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream, text } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

const QUERY = '{ viewer { datadog { id } } }';
const UNAVAILABLE = { 'viewer.datadog': 'UPSTREAM_UNAVAILABLE' };
const RESET_MS = 10_000;
const ENVIRONMENT = { UPSTREAM_RETRIES: '0', BREAKER_FAILURES: '3' };

describe('the circuit breaker of the server’s own credentials', () => {
  test('opens after failures in a row, refuses at once while open, and closes after a good probe', async () => {
    using clock = stopClock();
    let healthy = false;
    await using datadog = await startUpstream((...call) =>
      (healthy ? json(userDocument()) : text('', 503))(...call),
    );
    const rolecall = createRolecallFor({ datadog }, ENVIRONMENT);
    for (let i = 0; i < 3; i += 1) {
      assert.deepEqual(codesOf(await rolecall.query(QUERY)), UNAVAILABLE);
    }
    assert.equal(datadog.seen.length, 3);

    clock.advance(RESET_MS - 1);
    const { errors } = await rolecall.query(QUERY);
    assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_UNAVAILABLE');
    assert.match(errors?.[0]?.message ?? '', /3 calls failed in a row/);
    assert.equal(datadog.seen.length, 3, 'nothing was asked while it was open');

    clock.advance(1);
    await rolecall.query(QUERY);
    assert.equal(datadog.seen.length, 4, 'one call probed, and failed');
    clock.advance(RESET_MS - 1);
    await rolecall.query(QUERY);
    assert.equal(datadog.seen.length, 4, 'so it is open again');

    healthy = true;
    clock.advance(1);
    dataOf(await rolecall.query(QUERY));
    dataOf(await rolecall.query(QUERY));
    assert.equal(datadog.seen.length, 6);
  });

  test('counts calls, not their attempts, and starts anew after a success', async () => {
    await using datadog = await startUpstream((response, seen, call) =>
      (call % 4 === 0 ? json(userDocument()) : text('', 502))(response, seen, call),
    );
    const rolecall = createRolecallFor({ datadog }, { BREAKER_FAILURES: '2' });
    // Three attempts fail, then the next call succeeds, so that two calls never fail in a row.
    for (let i = 0; i < 2; i += 1) {
      assert.deepEqual(codesOf(await rolecall.query(QUERY)), UNAVAILABLE);
      dataOf(await rolecall.query(QUERY));
    }
    assert.equal(datadog.seen.length, 8);
  });

  for (const [name, script] of [
    ['4xx', json({ errors: ['Forbidden'] }, 403)],
    ['429', text('', 429, { 'retry-after': '60' })],
    ['a response of the wrong shape', json([])],
    ['a response that cannot be read', text('x', 200, { 'content-encoding': 'br' })],
  ] as const) {
    test(`never opens on ${name}`, async () => {
      await using datadog = await startUpstream(script);
      const rolecall = createRolecallFor({ datadog }, ENVIRONMENT);
      for (let i = 0; i < 6; i += 1) await rolecall.query(QUERY);
      assert.equal(datadog.seen.length, 6);
    });
  }

  test('opens on timeouts', async () => {
    using timers = stopTime();
    await using site = await startUpstream(() => {});
    const { get } = upstreamOf(site, { breakerFailures: 3, timeoutMs: 1_000 });
    for (let i = 0; i < 3; i += 1) {
      const call = assert.rejects(get('a'), { kind: 'timeout' });
      while (site.seen.length === i) await nextTurn();
      timers.advance(1_000);
      await call;
    }
    await assert.rejects(get('a'), { kind: 'open' });
  });

  test('opens on connection failures', async () => {
    using _clock = stopClock();
    await using site = await startUpstream((response) => void response.destroy());
    const { get } = upstreamOf(site, { breakerFailures: 3, retries: 0 });
    for (let i = 0; i < 3; i += 1) await assert.rejects(get('a'), { kind: 'unavailable' });
    await assert.rejects(get('a'), { kind: 'open' });
    assert.equal(site.seen.length, 3);
  });

  test('never opens on a caller’s cancellation', async () => {
    await using datadog = await startUpstream(() => {});
    const rolecall = createRolecallFor({ datadog }, ENVIRONMENT);
    for (let i = 0; i < 5; i += 1) {
      const caller = new AbortController();
      const response = assert.rejects(rolecall.query(QUERY, { signal: caller.signal }));
      while (datadog.seen.length === i) await nextTurn();
      caller.abort();
      await response;
    }
    assert.equal(datadog.seen.length, 5);
  });

  test('belongs to one provider', async () => {
    await using datadog = await startUpstream(text('', 503));
    await using heygen = await startUpstream(json(v1()));
    const rolecall = createRolecallFor({ datadog, heygen }, ENVIRONMENT);
    for (let i = 0; i < 5; i += 1) await rolecall.query(QUERY);
    dataOf(await rolecall.query('{ viewer { heygen { id } } }'));
  });

  test('a probe is one attempt, which runs to its end where its caller leaves', async () => {
    using clock = stopClock();
    const probe = Promise.withResolvers<() => void>();
    await using datadog = await startUpstream((...call) => {
      if (call[2] <= 3) text('', 503)(...call);
      else if (call[2] === 4) probe.resolve(() => json(userDocument())(...call));
      else json(userDocument())(...call);
    });
    const rolecall = createRolecallFor({ datadog }, { ...ENVIRONMENT, UPSTREAM_CONCURRENCY: '1' });
    for (let i = 0; i < 3; i += 1) await rolecall.query(QUERY);
    clock.advance(RESET_MS);
    const caller = new AbortController();
    const left = assert.rejects(rolecall.query(QUERY, { signal: caller.signal }));
    const respond = await probe.promise;
    caller.abort();
    await left;
    assert.deepEqual(codesOf(await rolecall.query(QUERY)), UNAVAILABLE, 'the probe is under way');
    respond();
    while (codesOf(await rolecall.query(QUERY))['viewer.datadog'] !== undefined) await nextTurn();
    assert.equal(datadog.seen.length, 5);
  });

  test('a probe that its caller left is reported to that caller alone', async () => {
    using clock = stopClock();
    const probed = Promise.withResolvers<() => void>();
    await using site = await startUpstream((...call) => {
      if (call[2] === 1) text('', 503)(...call);
      else if (call[2] === 2) probed.resolve(() => json({})(...call));
      else json({})(...call);
    });
    const { get, reports } = upstreamOf(site, { breakerFailures: 1, retries: 0 });
    await get('a');
    clock.advance(RESET_MS);
    const caller = new AbortController();
    const probe = get('a', { signal: caller.signal });
    const respond = await probed.promise;
    caller.abort();
    await assert.rejects(probe, { kind: 'cancelled' });
    assert.deepEqual(reports.slice(1), [{ failure: 'cancelled', attempts: 1, durationMs: 0 }]);
    respond();
    const kindOf = ({ kind }: { kind: string }) => kind;
    while ((await get('a').catch(kindOf)) === 'open') await nextTurn();
    assert.deepEqual(reports.slice(2), [{ status: 200, attempts: 1, durationMs: 0 }]);
  });

  test('a probe that fails is not retried', async () => {
    using clock = stopClock();
    await using datadog = await startUpstream(text('', 503));
    const rolecall = createRolecallFor({ datadog }, { BREAKER_FAILURES: '1' });
    await rolecall.query(QUERY);
    assert.equal(datadog.seen.length, 3);
    clock.advance(RESET_MS);
    await rolecall.query(QUERY);
    assert.equal(datadog.seen.length, 4);
  });
});
