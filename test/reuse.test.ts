import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { startCached, warningsOf } from './support/caching.ts';
import { codesOf, dataOf } from './support/rolecall.ts';
import { json, text } from './support/upstream.ts';

const MINUTE = { CACHE_TTL_SECONDS: '60' };
const STALE = { ...MINUTE, CACHE_STALE_SECONDS: '30' };
const STALE_IF_ERROR = { ...MINUTE, CACHE_STALE_IF_ERROR_SECONDS: '300' };

/** Lets what runs behind a response end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('without settings, the vendor is called every time', async () => {
  await using cached = await startCached({});
  assert.deepEqual([await cached.callOf(), await cached.callOf()], [1, 2]);
});

describe('with CACHE_TTL_SECONDS', () => {
  test('a response is used again until it is older, by any query', async () => {
    await using cached = await startCached(MINUTE);
    assert.equal(await cached.callOf(), 1);
    cached.time.advance(59_999);
    assert.equal(await cached.callOf(), 1);
    const { viewer } = dataOf(await cached.ask({}, '{ viewer { users { displayName } } }'));
    assert.deepEqual(viewer.users, [{ displayName: '1' }]);
    cached.time.advance(1);
    assert.equal(await cached.callOf(), 2);
    assert.equal(cached.datadog.seen.length, 2);
  });

  test('asOf says when the vendor sent it, and stays the same', async () => {
    await using cached = await startCached(MINUTE);
    const asOf = async () => dataOf(await cached.ask()).viewer.datadog.asOf;
    const first = await asOf();
    assert.equal(first, new Date().toISOString());
    cached.advanceSeconds(59);
    assert.equal(await asOf(), first);
    cached.advanceSeconds(2);
    assert.equal(await asOf(), new Date().toISOString());
  });

  test('a machine that slept has not stopped time', async () => {
    await using cached = await startCached(MINUTE);
    await cached.callOf();
    // Only the time of day goes on.
    mock.timers.tick(60_000);
    assert.equal(await cached.callOf(), 2);
  });

  test('a clock that is set back prolongs nothing', async () => {
    await using cached = await startCached(MINUTE);
    await cached.callOf();
    cached.advanceSeconds(60);
    mock.timers.setTime(Date.now() - 3_600_000);
    assert.equal(await cached.callOf(), 2);
  });

  for (const [what, script, code] of [
    ['a failure', json({}, 500), 'UPSTREAM_UNAVAILABLE'],
    ['a body without the documented shape', json({ data: 7 }), 'UPSTREAM_INVALID_RESPONSE'],
    ['no JSON', text('<p>'), 'UPSTREAM_INVALID_RESPONSE'],
    ['401', json({}, 401), 'UPSTREAM_UNAUTHENTICATED'],
    ['404', json({}, 404), 'UPSTREAM_NOT_FOUND'],
  ] as const) {
    test(`${what} is not kept`, async () => {
      await using cached = await startCached(MINUTE);
      cached.state.script = script;
      assert.equal(codesOf(await cached.ask())['viewer.datadog'], code);
      cached.state.script = undefined;
      assert.equal(await cached.callOf(), 2);
    });
  }

  test('a call in vain takes nothing away from what is fresh', async () => {
    await using cached = await startCached(MINUTE);
    await cached.callOf();
    cached.state.script = json({}, 500);
    await cached.ask({ 'cache-control': 'no-cache' });
    assert.equal(await cached.callOf(), 1);
  });
});

describe('Cache-Control: no-cache', () => {
  for (const value of [
    'no-cache',
    'No-Cache',
    'max-age=0, no-cache',
    'no-cache,no-store',
    'no-cache="a"',
  ]) {
    test(`calls the vendor and replaces the response: ${value}`, async () => {
      await using cached = await startCached(MINUTE);
      await cached.callOf();
      assert.equal(await cached.callOf({ 'cache-control': value }), 2);
      assert.equal(await cached.callOf(), 2);
    });
  }

  for (const value of ['max-age=0', 'no-store', 'x-no-cache', 'no-caches', '']) {
    test(`is not ${JSON.stringify(value)}`, async () => {
      await using cached = await startCached(MINUTE);
      await cached.callOf();
      assert.equal(await cached.callOf({ 'cache-control': value }), 1);
    });
  }

  test('never gets a stale response', async () => {
    await using cached = await startCached({ ...STALE, ...STALE_IF_ERROR });
    await cached.callOf();
    cached.advanceSeconds(70);
    cached.state.script = json({}, 503);
    const response = await cached.ask({ 'cache-control': 'no-cache' });
    assert.equal(codesOf(response)['viewer.datadog'], 'UPSTREAM_UNAVAILABLE');
    assert.deepEqual(warningsOf(response), []);
  });
});

describe('with CACHE_STALE_SECONDS', () => {
  test('a stale response is used at once, while one call refreshes it', async () => {
    await using cached = await startCached(STALE);
    await cached.callOf();
    cached.time.advance(89_999);
    const release = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    cached.state.script = async (...call) => {
      arrived.resolve();
      await release.promise;
      cached.state.script = undefined;
      json({ data: { type: 'users', id: 'u', attributes: { name: '2' } } })(...call);
    };
    const calls = await Promise.all(Array.from({ length: 200 }, () => cached.callOf()));
    assert.deepEqual(new Set(calls), new Set([1]));
    await arrived.promise;
    assert.equal(await cached.callOf(), 1);
    assert.equal(cached.datadog.seen.length, 2);
    release.resolve();
    // Shares the refresh, and so waits for it.
    assert.equal(await cached.callOf({ 'cache-control': 'no-cache' }), 2);
    await settle();
    assert.equal(await cached.callOf(), 2);
    assert.equal(cached.datadog.seen.length, 2);
  });

  test('no stale response is used once its time is over', async () => {
    await using cached = await startCached(STALE);
    await cached.callOf();
    cached.time.advance(89_999);
    cached.time.advance(1);
    assert.equal(await cached.callOf(), 2);
  });

  test('a refresh goes on when its caller leaves', async () => {
    await using cached = await startCached(STALE);
    await cached.callOf();
    cached.advanceSeconds(61);
    const release = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    cached.state.script = async (...call) => {
      arrived.resolve();
      await release.promise;
      json({ data: { type: 'users', id: 'u', attributes: { name: '2' } } })(...call);
    };
    const leaving = new AbortController();
    await cached.rolecall.query('{ viewer { datadog { name } } }', { signal: leaving.signal });
    await arrived.promise;
    leaving.abort();
    release.resolve();
    assert.equal(await cached.callOf({ 'cache-control': 'no-cache' }), 2);
    assert.equal(cached.datadog.seen.length, 2);
  });

  test('a refresh that fails is told in the next responses, until one succeeds', async () => {
    await using cached = await startCached(STALE);
    await cached.callOf();
    cached.advanceSeconds(61);
    cached.state.script = json({}, 503);
    assert.deepEqual(warningsOf(await cached.ask()), []);
    // Shares the refresh, and so waits for it.
    await cached.ask({ 'cache-control': 'no-cache' });
    await settle();
    assert.deepEqual(warningsOf(await cached.ask()), [['UPSTREAM_UNAVAILABLE', 'DATADOG']]);
    cached.state.script = undefined;
    await cached.callOf({ 'cache-control': 'no-cache' });
    cached.advanceSeconds(61);
    assert.deepEqual(warningsOf(await cached.ask()), []);
  });

  test('a refresh that revokes a right takes the response away', async () => {
    await using cached = await startCached(STALE);
    await cached.callOf();
    cached.advanceSeconds(61);
    cached.state.script = json({}, 403);
    assert.equal(await cached.callOf(), 1);
    await cached.ask({ 'cache-control': 'no-cache' });
    await settle();
    assert.equal(codesOf(await cached.ask())['viewer.datadog'], 'UPSTREAM_FORBIDDEN');
  });
});

describe('with CACHE_STALE_IF_ERROR_SECONDS', () => {
  for (const [what, script, code] of [
    ['500', json({}, 500), 'UPSTREAM_UNAVAILABLE'],
    ['502', json({}, 502), 'UPSTREAM_UNAVAILABLE'],
    ['503', json({}, 503), 'UPSTREAM_UNAVAILABLE'],
    ['504', json({}, 504), 'UPSTREAM_UNAVAILABLE'],
    ['429', json({}, 429), 'UPSTREAM_RATE_LIMITED'],
    ['a cut connection', (response: any) => response.destroy(), 'UPSTREAM_UNAVAILABLE'],
  ] as const) {
    test(`a stale response takes the place of ${what}, with a warning and its age`, async () => {
      await using cached = await startCached(STALE_IF_ERROR);
      const { asOf } = dataOf(await cached.ask()).viewer.datadog;
      cached.time.advance(359_999);
      cached.state.script = script;
      const response = await cached.ask();
      assert.deepEqual(dataOf(response).viewer.datadog, { name: '1', asOf });
      assert.deepEqual(warningsOf(response), [[code, 'DATADOG']]);
      cached.time.advance(1);
      assert.equal(codesOf(await cached.ask())['viewer.datadog'], code);
      cached.state.script = undefined;
      assert.equal(await cached.callOf(), 4);
    });
  }

  test('a stale response takes the place of a timeout', async () => {
    await using cached = await startCached(STALE_IF_ERROR);
    await cached.callOf();
    cached.advanceSeconds(61);
    const arrived = Promise.withResolvers<void>();
    cached.state.script = () => arrived.resolve();
    const asked = cached.ask();
    await arrived.promise;
    cached.advanceSeconds(10);
    const response = await asked;
    assert.equal(dataOf(response).viewer.datadog.name, '1');
    assert.deepEqual(warningsOf(response), [['UPSTREAM_TIMEOUT', 'DATADOG']]);
  });

  test('a stale response is used while the circuit breaker is open', async () => {
    await using cached = await startCached({ ...STALE_IF_ERROR, BREAKER_FAILURES: '1' });
    await cached.callOf();
    cached.advanceSeconds(61);
    cached.state.script = json({}, 500);
    await cached.ask();
    const calls = cached.datadog.seen.length;
    const response = await cached.ask();
    assert.equal(cached.datadog.seen.length, calls);
    assert.equal(dataOf(response).viewer.datadog.name, '1');
    assert.match(JSON.stringify(response.extensions), /calls are paused/);
  });

  for (const [what, script, code] of [
    ['401', json({}, 401), 'UPSTREAM_UNAUTHENTICATED'],
    ['403', json({}, 403), 'UPSTREAM_FORBIDDEN'],
    ['404', json({}, 404), 'UPSTREAM_NOT_FOUND'],
    ['410', json({}, 410), 'UPSTREAM_NOT_FOUND'],
  ] as const) {
    test(`${what} takes rights away at once: the response is not used again`, async () => {
      await using cached = await startCached(STALE_IF_ERROR);
      await cached.callOf();
      cached.advanceSeconds(61);
      cached.state.script = script;
      assert.equal(codesOf(await cached.ask())['viewer.datadog'], code);
      cached.state.script = json({}, 503);
      const response = await cached.ask();
      assert.equal(codesOf(response)['viewer.datadog'], 'UPSTREAM_UNAVAILABLE');
      assert.deepEqual(warningsOf(response), []);
    });
  }

  for (const [what, script, code] of [
    ['501', json({}, 501), 'UPSTREAM_UNAVAILABLE'],
    ['400', json({}, 400), 'UPSTREAM_REJECTED'],
    ['a redirect', json({}, 302, { location: '/' }), 'UPSTREAM_INVALID_RESPONSE'],
    ['no JSON', text('<p>'), 'UPSTREAM_INVALID_RESPONSE'],
    ['another shape', json([]), 'UPSTREAM_INVALID_RESPONSE'],
  ] as const) {
    test(`no stale response takes the place of ${what}, which is no outage`, async () => {
      await using cached = await startCached(STALE_IF_ERROR);
      await cached.callOf();
      cached.advanceSeconds(61);
      cached.state.script = script;
      assert.equal(codesOf(await cached.ask())['viewer.datadog'], code);
      cached.state.script = json({}, 503);
      assert.equal(dataOf(await cached.ask()).viewer.datadog.name, '1');
    });
  }

  test('without CACHE_TTL_SECONDS, the vendor is called every time it works', async () => {
    await using cached = await startCached({ CACHE_STALE_IF_ERROR_SECONDS: '300' });
    assert.deepEqual([await cached.callOf(), await cached.callOf()], [1, 2]);
    cached.state.script = json({}, 503);
    assert.equal(await cached.callOf(), 2);
  });
});
