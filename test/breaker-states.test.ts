import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Breaker } from '../src/upstream/breaker.ts';
import { timedOut, UpstreamFailure } from '../src/upstream/failure.ts';
import type { UpstreamResponse } from '../src/upstream/response.ts';
import { stopClock } from './support/clock.ts';
import { startUpstream, text } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

const RESET_MS = 10_000;

/** A breaker whose calls have the given outcome. */
function breakerOf(limit: number) {
  const breaker = new Breaker(limit, RESET_MS, 100);
  return {
    breaker,
    call(
      credential: string,
      outcome: number | Error | Promise<UpstreamResponse>,
      isAccepted = true,
    ) {
      const isProbe = breaker.enter(credential);
      const response =
        outcome instanceof Promise
          ? outcome
          : outcome instanceof Error
            ? Promise.reject(outcome)
            : Promise.resolve({ status: outcome } as UpstreamResponse);
      return breaker.watch(credential, isAccepted, isProbe, response);
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
    const slow = [
      Promise.withResolvers<UpstreamResponse>(),
      Promise.withResolvers<UpstreamResponse>(),
    ];
    const late = slow.map(({ promise }) => site.call('a', promise));
    await site.fails('a');
    clock.advance(RESET_MS - 1);
    slow[0]?.reject(timedOut());
    await assert.rejects(late[0] as Promise<UpstreamResponse>, { kind: 'timeout' });
    assert.ok(site.isOpenFor('a'));
    clock.advance(1);
    const probe = Promise.withResolvers<UpstreamResponse>();
    const probing = site.call('a', probe.promise);
    assert.ok(site.isOpenFor('a'));
    slow[1]?.reject(timedOut());
    await assert.rejects(late[1] as Promise<UpstreamResponse>, { kind: 'timeout' });
    assert.ok(site.isOpenFor('a'));
    probe.resolve({ status: 500 } as UpstreamResponse);
    await probing;
    clock.advance(RESET_MS - 1);
    assert.ok(site.isOpenFor('a'), 'counted from the end of the probe');
    clock.advance(1);
    assert.ok(!site.isOpenFor('a'));
  });

  test('a response that cannot be read, or says that the caller is wrong, is no failure', async () => {
    using _clock = stopClock();
    const site = breakerOf(2);
    const unreadable = new UpstreamFailure('invalid', 'it cannot be read');
    await site.fails('a');
    await assert.rejects(site.call('a', unreadable), { kind: 'invalid' });
    await site.fails('a');
    assert.equal(site.isOpenFor('a'), false);
    await site.call('a', 499);
    await site.fails('a');
    assert.equal(site.isOpenFor('a'), false);
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

  /** Three accepted credentials fail once each. A breaker opens after three failures in a row. */
  async function inTrouble() {
    const site = breakerOf(3);
    for (const credential of ACCEPTED) await site.fails(credential);
    return site;
  }

  test('a single failure opens a credential’s breaker, and credentials without a failure are let through', async () => {
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

  test('takes three, where fewer failures open a breaker', async () => {
    using _clock = stopClock();
    const site = breakerOf(2);
    await site.fails('a');
    await site.fails('b');
    assert.equal(site.isOpenFor('a'), false);
    await site.fails('c');
    assert.equal(site.isOpenFor('a'), true);
  });

  test('ends for all when the vendor accepts somebody', async () => {
    using _clock = stopClock();
    await using site = await startUpstream(text('', 500));
    const { get, accept } = upstreamOf(site, { breakerFailures: 3, retries: 0 });
    for (const credential of ACCEPTED) accept(credential);
    for (const credential of ACCEPTED) await get(credential);
    await assert.rejects(get('a'), { kind: 'open' });
    accept('d');
    assert.equal((await get('a')).status, 500);
  });

  test('lets four probe at once', async () => {
    using clock = stopClock();
    const site = await inTrouble();
    for (const credential of ['d', 'e']) await site.fails(credential);
    clock.advance(RESET_MS);
    const probes = ['a', 'b', 'c', 'd'].map((credential) => {
      const probe = Promise.withResolvers<UpstreamResponse>();
      return { ...probe, done: site.call(credential, probe.promise) };
    });
    assert.ok(site.isOpenFor('e'));
    assert.ok(!site.isOpenFor('f'), 'who has not failed need not probe');
    probes[0]?.resolve({ status: 500 } as UpstreamResponse);
    await probes[0]?.done;
    assert.ok(!site.isOpenFor('e'));
    probes[1]?.resolve({ status: 200 } as UpstreamResponse);
    await probes[1]?.done;
    assert.ok(!site.isOpenFor('a'));
  });
});
