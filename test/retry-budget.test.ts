import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RetryBudget } from '../src/upstream/retry-budget.ts';
import { shortenWaits, stopClock } from './support/clock.ts';
import { createRolecallFor } from './support/rolecall.ts';
import { startUpstream, text } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

const QUERY = '{ viewer { datadog { id } } }';

/** A budget of a tenth of the calls. */
function budgetOf() {
  const budget = new RetryBudget(0.1);
  return {
    call(tenant: string, count: number) {
      for (let i = 0; i < count; i += 1) budget.countCall(tenant);
    },
    granted: (tenant: string, wanted: number) =>
      Array.from({ length: wanted }, () => budget.takeRetry(tenant)).filter(Boolean).length,
  };
}

describe('the retry budget', () => {
  test('grants a floor of 5 in 10 seconds, then a share of the calls', () => {
    using clock = stopClock();
    const { call, granted } = budgetOf();
    call('a', 1);
    assert.equal(granted('a', 20), 5);
    call('a', 199);
    assert.equal(granted('a', 100), 15, '10% of 200 calls, of which 5 are taken');
    clock.advance(5_000);
    assert.equal(granted('a', 1), 0);
    call('a', 10);
    assert.equal(granted('a', 2), 1);
    clock.advance(5_000);
    assert.equal(granted('a', 20), 4, 'what is long ago counts no more');
    clock.advance(10_000);
    assert.equal(granted('a', 20), 5);
  });

  test('grants each no more than the share of its own calls', () => {
    using _clock = stopClock();
    const { call, granted } = budgetOf();
    call('a', 100);
    call('b', 900);
    assert.equal(granted('a', 1000), 50, 'half of 100, since two share them');
    assert.equal(granted('b', 1000), 50);
  });

  test('grants each an equal part even where another has taken all', () => {
    using _clock = stopClock();
    const { call, granted } = budgetOf();
    call('a', 10);
    assert.equal(granted('a', 20), 5);
    call('b', 1);
    assert.equal(granted('b', 20), 2, 'half of 5');
    call('c', 1);
    assert.equal(granted('c', 20), 1, 'a third of 5');
    assert.equal(granted('a', 20), 0);
  });

  test('shares out among those of the last 10 seconds', () => {
    using clock = stopClock();
    const { call, granted } = budgetOf();
    call('a', 1);
    clock.advance(5_000);
    call('b', 1);
    clock.advance(5_000);
    assert.equal(granted('b', 20), 5);
    call('c', 1);
    assert.equal(granted('c', 20), 2, 'half of 5');
  });

  test('grants credentials that are not accepted one part together', async () => {
    using _clock = stopClock();
    using _waits = shortenWaits();
    await using site = await startUpstream(text('', 500));
    const { get, accept } = upstreamOf(site, { retries: 5, breakerFailures: 100 });
    accept('c');
    const attempts: number[] = [];
    for (const credential of ['a', 'b', 'c']) {
      const before = site.seen.length;
      await get(credential);
      attempts.push(site.seen.length - before);
    }
    assert.deepEqual(attempts, [1 + 5, 1, 1 + 2]);
  });

  test('counts the calls of a site, and its retries', async () => {
    using _clock = stopClock();
    using _waits = shortenWaits();
    await using datadog = await startUpstream(text('', 500));
    const environment = { BREAKER_FAILURES: '1000', UPSTREAM_RETRIES: '1' };
    const rolecall = createRolecallFor({ datadog }, environment);
    for (let i = 0; i < 17; i += 1) await rolecall.query(QUERY);
    assert.equal(datadog.seen.length, 17 + 5);
    const generous = createRolecallFor({ datadog }, { ...environment, UPSTREAM_RETRY_RATIO: '1' });
    for (let i = 0; i < 8; i += 1) await generous.query(QUERY);
    assert.equal(datadog.seen.length, 17 + 5 + 8 + 8);
  });
});
