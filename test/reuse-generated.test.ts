import assert from 'node:assert/strict';
import { test } from 'node:test';
// Stopped time leaves this one alone.
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { stopTime } from './support/clock.ts';
import {
  CALLERS,
  HEYGEN_V3,
  type ModelCaller,
  type Said,
  saidBy,
  startModelVendors,
} from './support/reuse-model.ts';
import { createRolecall } from './support/rolecall.ts';

const SEED = 3;
const RUNS = 60;
const TIMEOUT_MS = 5_000;
const MAX_POLLS = 5_000;
const NO_CACHE = { 'cache-control': 'no-cache' };

/** Callers are named by their index. */
type Step =
  | {
      readonly ask: number;
      /** What the vendor does if it is called. */
      readonly as: string;
      readonly isNoCache: boolean;
    }
  | { readonly passMs: number };

const windows = fc.record({
  ttlMs: fc.constantFrom(0, 10_000),
  staleMs: fc.constantFrom(0, 4_000),
  staleIfErrorMs: fc.constantFrom(0, 4_000, 10_000),
});
type Windows = typeof windows extends fc.Arbitrary<infer Value> ? Value : never;

const caller = fc.nat(CALLERS.length - 1);
const behaviorWith = (effect: string | undefined) => {
  const all = Object.entries(HEYGEN_V3.behaviors);
  return fc.constantFrom(...all.flatMap(([name, own]) => (own.effect === effect ? name : [])));
};
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      ask: caller,
      as: fc.oneof(
        fc.constant('success'),
        behaviorWith('outage'),
        behaviorWith('revocation'),
        behaviorWith(undefined),
      ),
      isNoCache: fc.constantFrom(true, false, false, false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      passMs: fc.constantFrom(1, 3_999, 4_000, 6_000, 10_000),
    }),
  },
);

interface Kept {
  readonly name: string;
  readonly asOf: string;
  readonly at: number;
}

const callerAt = (index: number) => CALLERS[index] as ModelCaller;

/** Lets what runs behind a response end, unless it waits for the vendor. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function check({ ttlMs, staleMs, staleIfErrorMs }: Windows, steps: readonly Step[]) {
  await using vendors = await startModelVendors();
  using time = stopTime();
  const rolecall = createRolecall({
    CREDENTIALS: 'request',
    DATADOG_API_URL: vendors.url,
    HEYGEN_API_URL: vendors.url,
    HEYGEN_API_VERSION: 'v3',
    UPSTREAM_RETRIES: '0',
    UPSTREAM_TIMEOUT_MS: String(TIMEOUT_MS),
    BREAKER_FAILURES: '1000000',
    RATE_LIMIT: '0',
    CACHE_TTL_SECONDS: String(ttlMs / 1_000),
    CACHE_STALE_SECONDS: String(staleMs / 1_000),
    CACHE_STALE_IF_ERROR_SECONDS: String(staleIfErrorMs / 1_000),
  });
  const isCaching = ttlMs + staleMs + staleIfErrorMs > 0;
  let now = 0;
  const kept = new Map<ModelCaller, Kept>();
  /** Of refreshes, with what they were to replace. */
  const failures = new Map<ModelCaller, { readonly code: string; readonly of: Kept }>();

  const pass = (ms: number) => {
    time.advance(ms);
    now += ms;
  };
  const arrivals = async (count: number) => {
    for (let poll = 0; vendors.seen.length < count; poll += 1) {
      assert.ok(poll < MAX_POLLS, 'the vendor is not called');
      await delay(1);
    }
  };

  /** Asks, and lets time pass if the vendor hangs. */
  async function ask(who: ModelCaller, isNoCache: boolean, isCalled: boolean): Promise<Said> {
    const before = vendors.seen.length;
    const headers = { ...who.headers, ...(isNoCache && NO_CACHE) };
    const asked = rolecall.query(who.kind.query, { headers });
    if (isCalled && vendors.isHanging(who)) {
      await arrivals(before + 1);
      pass(TIMEOUT_MS);
    }
    const response = await asked;
    if (!isCalled) assert.equal(vendors.seen.length, before);
    return saidBy(who.kind, response);
  }

  /** What a call brings, after it was made; and what it leaves behind. */
  function brought(who: ModelCaller): Said {
    const { code, effect } = vendors.behaviorOf(who);
    if (effect === 'revocation') kept.delete(who);
    if (code !== undefined) return { error: code, warnings: [] };
    const name = vendors.nameOf(who) ?? '';
    const said = { name, asOf: new Date().toISOString() };
    if (isCaching) kept.set(who, { ...said, at: now });
    return { ...said, warnings: [] };
  }

  async function askStale(who: ModelCaller, old: Kept): Promise<void> {
    const { name, asOf } = old;
    const failure = failures.get(who);
    const before = vendors.seen.length;
    const headers = { ...who.headers };
    const said = saidBy(who.kind, await rolecall.query(who.kind.query, { headers }));
    assert.deepEqual(said, { name, asOf, warnings: failure?.of === old ? [failure.code] : [] });
    await arrivals(before + 1);
    if (vendors.isHanging(who)) {
      pass(TIMEOUT_MS);
    } else {
      // Shares the refresh, or comes after it.
      const next = await ask(who, true, true);
      assert.deepEqual(next, brought(who));
    }
    await settle();
    const { code } = vendors.behaviorOf(who);
    if (code !== undefined) failures.set(who, { code, of: old });
  }

  async function askOnce(who: ModelCaller, isNoCache: boolean): Promise<void> {
    const found = isNoCache ? undefined : kept.get(who);
    const ageMs = now - (found?.at ?? Number.NEGATIVE_INFINITY);
    if (found !== undefined && ageMs < ttlMs) {
      const { name, asOf } = found;
      assert.deepEqual(await ask(who, isNoCache, false), { name, asOf, warnings: [] });
      return;
    }
    if (found !== undefined && ageMs < ttlMs + staleMs) return askStale(who, found);
    const said = await ask(who, isNoCache, true);
    const own = brought(who);
    const left = kept.get(who);
    const isInstead =
      !isNoCache &&
      vendors.behaviorOf(who).effect === 'outage' &&
      left !== undefined &&
      now - left.at < ttlMs + staleIfErrorMs;
    assert.deepEqual(
      said,
      isInstead ? { name: left.name, asOf: left.asOf, warnings: [own.error] } : own,
    );
  }

  for (const each of steps) {
    if ('passMs' in each) {
      pass(each.passMs);
    } else {
      const who = callerAt(each.ask);
      vendors.behave(who, each.as);
      await askOnce(who, each.isNoCache);
    }
  }
}

test('whatever vendors do and whenever callers ask, each gets what a plain model says', async () => {
  await fc.assert(
    fc.asyncProperty(windows, fc.array(step, { minLength: 10, maxLength: 40 }), check),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
});
