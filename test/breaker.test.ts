import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Breaker } from '../src/upstream/breaker.ts';
import { timedOut, UpstreamFailure } from '../src/upstream/failure.ts';
import type { Reply } from '../src/upstream/reply.ts';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { stopClock, stopTimers } from './support/clock.ts';
import { codesOf, createServerGateway, dataOf } from './support/gateway.ts';
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
    const gateway = createServerGateway({ datadog }, ENVIRONMENT);
    for (let i = 0; i < 3; i += 1) {
      assert.deepEqual(codesOf(await gateway.query(QUERY)), UNAVAILABLE);
    }
    assert.equal(datadog.seen.length, 3);

    clock.advance(RESET_MS - 1);
    const { errors } = await gateway.query(QUERY);
    assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_UNAVAILABLE');
    assert.match(errors?.[0]?.message ?? '', /3 calls failed in a row/);
    assert.equal(datadog.seen.length, 3, 'nothing was asked while it was open');

    clock.advance(1);
    await gateway.query(QUERY);
    assert.equal(datadog.seen.length, 4, 'one call probed, and failed');
    clock.advance(RESET_MS - 1);
    await gateway.query(QUERY);
    assert.equal(datadog.seen.length, 4, 'so it is open again');

    healthy = true;
    clock.advance(1);
    dataOf(await gateway.query(QUERY));
    dataOf(await gateway.query(QUERY));
    assert.equal(datadog.seen.length, 6);
  });

  test('counts calls, not their attempts, and a success in between starts anew', async () => {
    await using datadog = await startUpstream((response, seen, call) =>
      (call % 4 === 0 ? json(userDocument()) : text('', 502))(response, seen, call),
    );
    const gateway = createServerGateway({ datadog }, { BREAKER_FAILURES: '2' });
    // Three attempts fail, the next call goes well: never two calls that fail in a row.
    for (let i = 0; i < 2; i += 1) {
      assert.deepEqual(codesOf(await gateway.query(QUERY)), UNAVAILABLE);
      dataOf(await gateway.query(QUERY));
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
      const gateway = createServerGateway({ datadog }, ENVIRONMENT);
      for (let i = 0; i < 6; i += 1) await gateway.query(QUERY);
      assert.equal(datadog.seen.length, 6);
    });
  }

  test('opens on timeouts', async () => {
    using timers = stopTimers();
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
    const gateway = createServerGateway({ datadog }, ENVIRONMENT);
    for (let i = 0; i < 5; i += 1) {
      const caller = new AbortController();
      const response = assert.rejects(gateway.query(QUERY, { signal: caller.signal }));
      while (datadog.seen.length === i) await nextTurn();
      caller.abort();
      await response;
    }
    assert.equal(datadog.seen.length, 5);
  });

  test('belongs to one provider', async () => {
    await using datadog = await startUpstream(text('', 503));
    await using heygen = await startUpstream(json(v1()));
    const gateway = createServerGateway({ datadog, heygen }, ENVIRONMENT);
    for (let i = 0; i < 5; i += 1) await gateway.query(QUERY);
    dataOf(await gateway.query('{ viewer { heygen { id } } }'));
  });

  test('a probe is one attempt, which runs to its end where its caller leaves', async () => {
    using clock = stopClock();
    const probe = Promise.withResolvers<() => void>();
    await using datadog = await startUpstream((...call) => {
      if (call[2] <= 3) text('', 503)(...call);
      else if (call[2] === 4) probe.resolve(() => json(userDocument())(...call));
      else json(userDocument())(...call);
    });
    const gateway = createServerGateway({ datadog }, { ...ENVIRONMENT, UPSTREAM_CONCURRENCY: '1' });
    for (let i = 0; i < 3; i += 1) await gateway.query(QUERY);
    clock.advance(RESET_MS);
    const caller = new AbortController();
    const left = assert.rejects(gateway.query(QUERY, { signal: caller.signal }));
    const respond = await probe.promise;
    caller.abort();
    await left;
    assert.deepEqual(codesOf(await gateway.query(QUERY)), UNAVAILABLE, 'the probe is under way');
    respond();
    while (codesOf(await gateway.query(QUERY))['viewer.datadog'] !== undefined) await nextTurn();
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
    assert.deepEqual(reports.slice(1), [{ failure: 'cancelled', tries: 1, durationMs: 0 }]);
    respond();
    const kindOf = ({ kind }: { kind: string }) => kind;
    while ((await get('a').catch(kindOf)) === 'open') await nextTurn();
    assert.deepEqual(reports.slice(2), [{ status: 200, tries: 1, durationMs: 0 }]);
  });

  test('a probe that fails is not retried', async () => {
    using clock = stopClock();
    await using datadog = await startUpstream(text('', 503));
    const gateway = createServerGateway({ datadog }, { BREAKER_FAILURES: '1' });
    await gateway.query(QUERY);
    assert.equal(datadog.seen.length, 3);
    clock.advance(RESET_MS);
    await gateway.query(QUERY);
    assert.equal(datadog.seen.length, 4);
  });
});

/** A breaker whose calls end as they are told. */
function breakerOf(limit: number) {
  const breaker = new Breaker(limit, RESET_MS, 100);
  return {
    breaker,
    call(credential: string, outcome: number | Error | Promise<Reply>, isAccepted = true) {
      const isProbe = breaker.enter(credential);
      const reply =
        outcome instanceof Promise
          ? outcome
          : outcome instanceof Error
            ? Promise.reject(outcome)
            : Promise.resolve({ status: outcome } as Reply);
      return breaker.watch(credential, isAccepted, isProbe, reply);
    },
    async fails(credential: string, isAccepted = true) {
      await this.call(credential, 500, isAccepted);
    },
    isOpenFor(credential: string): boolean {
      try {
        breaker.check(credential);
        return false;
      } catch (error) {
        assert.ok(error instanceof UpstreamFailure && error.kind === 'open');
        return true;
      }
    },
  };
}

describe('a credential’s breaker', () => {
  test('opens for that credential alone', async () => {
    using _clock = stopClock();
    const { breaker, ...site } = breakerOf(2);
    for (let i = 0; i < 2; i += 1) await site.fails('a');
    assert.deepEqual([site.isOpenFor('a'), site.isOpenFor('b')], [true, false]);
    assert.throws(() => breaker.enter('a'), { kind: 'open' });
  });

  test('lets one call at a time probe, whatever the others bring that were under way before', async () => {
    using clock = stopClock();
    const site = breakerOf(1);
    const slow = [Promise.withResolvers<Reply>(), Promise.withResolvers<Reply>()];
    const late = slow.map(({ promise }) => site.call('a', promise));
    await site.fails('a');
    clock.advance(RESET_MS - 1);
    slow[0]?.reject(timedOut());
    await assert.rejects(late[0] as Promise<Reply>, { kind: 'timeout' });
    assert.ok(site.isOpenFor('a'));
    clock.advance(1);
    const probe = Promise.withResolvers<Reply>();
    const probing = site.call('a', probe.promise);
    assert.ok(site.isOpenFor('a'));
    slow[1]?.reject(timedOut());
    await assert.rejects(late[1] as Promise<Reply>, { kind: 'timeout' });
    assert.ok(site.isOpenFor('a'));
    probe.resolve({ status: 500 } as Reply);
    await probing;
    clock.advance(RESET_MS - 1);
    assert.ok(site.isOpenFor('a'), 'counted from the end of the probe');
    clock.advance(1);
    assert.ok(!site.isOpenFor('a'));
  });

  test('a probe that shows nothing leaves it to the next', async () => {
    using clock = stopClock();
    const site = breakerOf(1);
    await site.fails('a');
    clock.advance(RESET_MS);
    await assert.rejects(site.call('a', new Error('a fault of Rolecall’s own')));
    await site.call('a', 200);
    await site.call('a', 200);
  });
});

describe('a site in trouble', () => {
  const ACCEPTED = ['a', 'b', 'c'];

  /** Three accepted credentials fail once each, where a breaker opens after three failures in a row. */
  async function inTrouble() {
    const site = breakerOf(3);
    for (const credential of ACCEPTED) await site.fails(credential);
    return site;
  }

  test('a single failure opens a breaker, and whoever did not fail is let through', async () => {
    using clock = stopClock();
    const site = await inTrouble();
    assert.deepEqual(ACCEPTED.map(site.isOpenFor), [true, true, true]);
    assert.equal(site.isOpenFor('d'), false);
    await site.fails('d', false);
    assert.ok(site.isOpenFor('d'));
    await assert.rejects(
      async () => site.call('d', 200),
      /calls of several callers failed in a row/,
    );
    clock.advance(RESET_MS);
    assert.equal(site.isOpenFor('d'), false);
  });

  test('ends with the first success of an accepted credential', async () => {
    using _clock = stopClock();
    const site = await inTrouble();
    await site.call('d', 200, false);
    assert.ok(site.isOpenFor('a'), 'anybody can be told 401');
    await site.call('d', 200, true);
    assert.deepEqual(ACCEPTED.map(site.isOpenFor), [false, false, false]);
  });

  test('ends when a credential is accepted', async () => {
    using _clock = stopClock();
    const site = await inTrouble();
    site.breaker.endTrouble();
    assert.deepEqual(ACCEPTED.map(site.isOpenFor), [false, false, false]);
  });

  test('takes several credentials that were accepted, and no success between', async () => {
    using _clock = stopClock();
    const site = breakerOf(3);
    for (const credential of ['a', 'b', 'a', 'b']) await site.fails(credential);
    for (const credential of ['x', 'y', 'z']) await site.fails(credential, false);
    assert.ok(!site.isOpenFor('a'), 'two failed, and others that nobody knows');
    await site.call('a', 200);
    await site.fails('c');
    assert.ok(!site.isOpenFor('b'), 'one succeeded');
  });

  test('takes three where one failure opens a breaker', async () => {
    using _clock = stopClock();
    const site = breakerOf(1);
    await site.fails('a');
    await site.fails('b');
    const probes = Array.from({ length: 5 }, () => site.isOpenFor('d'));
    assert.deepEqual(probes, [false, false, false, false, false]);
  });

  test('lets four probe at once', async () => {
    using clock = stopClock();
    const site = await inTrouble();
    for (const credential of ['d', 'e']) await site.fails(credential);
    clock.advance(RESET_MS);
    const probes = ['a', 'b', 'c', 'd'].map((credential) => {
      const probe = Promise.withResolvers<Reply>();
      return { ...probe, done: site.call(credential, probe.promise) };
    });
    assert.ok(site.isOpenFor('e'));
    assert.ok(!site.isOpenFor('f'), 'who has not failed need not probe');
    probes[0]?.resolve({ status: 500 } as Reply);
    await probes[0]?.done;
    assert.ok(!site.isOpenFor('e'));
    probes[1]?.resolve({ status: 200 } as Reply);
    await probes[1]?.done;
    assert.ok(!site.isOpenFor('a'));
  });
});
