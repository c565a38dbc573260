import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  CALLERS,
  HEYGEN_V3,
  type ModelCaller,
  type Said,
  saidBy,
  startModelVendors,
} from '../support/reuse-model.ts';
import { type Copy, newSecret, startCopy } from './copies.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const SEED = 3;
const RUNS = 15;
const COPIES = 2;
const NO_CACHE = { 'cache-control': 'no-cache' };
const DEADLINE_MS = 20_000;
/** How long nothing is stored after a revocation. */
const MARK_MS = DEADLINE_MS + 5_000;

/** No sum of times that pass comes near the end of a window. */
const windows = fc.constantFrom(
  { ttlMs: 95_000, staleIfErrorMs: 0 },
  { ttlMs: 95_000, staleIfErrorMs: 60_000 },
  { ttlMs: 0, staleIfErrorMs: 95_000 },
);
type Windows = typeof windows extends fc.Arbitrary<infer Value> ? Value : never;

const behaviorWith = (effect: string | undefined) => {
  const all = Object.entries(HEYGEN_V3.behaviors).filter(([name]) => name !== 'hanging');
  return fc.constantFrom(...all.flatMap(([name, own]) => (own.effect === effect ? name : [])));
};
/** Callers and copies are named by their index. */
const ask = fc.record({
  ask: fc.nat(CALLERS.length - 1),
  at: fc.nat(COPIES - 1),
  as: fc.oneof(
    fc.constant('success'),
    fc.constant('success'),
    behaviorWith('outage'),
    behaviorWith('revocation'),
    behaviorWith(undefined),
  ),
  isNoCache: fc.constantFrom(true, false, false, false),
});
const step = fc.oneof(
  { weight: 12, arbitrary: ask },
  { weight: 2, arbitrary: fc.record({ passMs: fc.constantFrom(10_000, 30_000, 70_000) }) },
  { weight: 2, arbitrary: fc.constant('Redis is lost, or comes back' as const) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Ask = typeof ask extends fc.Arbitrary<infer Value> ? Value : never;

interface Kept {
  readonly name: string;
  readonly asOf: string;
  readonly at: number;
}

/** Lets Redis' clock run ahead for all names. */
async function pass(redis: TestRedis, ms: number): Promise<void> {
  using client = redis.look();
  const script = `
for _, name in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', name) - ARGV[1]
  if left > 0 then redis.call('PEXPIRE', name, left) else redis.call('DEL', name) end
end`;
  await client.eval(script, 0, ms);
}

/** What the copies may say, by a plain model. */
class Model {
  readonly #windows: Windows;
  readonly #kept = new Map<ModelCaller, Kept>();
  readonly #markedUntil = new Map<ModelCaller, number>();
  /** Whose responses each copy has yet to drop. */
  readonly #pending = Array.from({ length: COPIES }, () => new Set<ModelCaller>());
  isLost = false;
  now = 0;

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  /** What is kept, if it is not too old for this. */
  find(who: ModelCaller, use: 'fresh' | 'instead'): Kept | undefined {
    const { ttlMs, staleIfErrorMs } = this.#windows;
    const kept = this.isLost ? undefined : this.#kept.get(who);
    const maxAgeMs = use === 'fresh' ? ttlMs : ttlMs + staleIfErrorMs;
    return kept && this.now - kept.at < maxAgeMs ? kept : undefined;
  }

  keep(who: ModelCaller, name: string, asOf: string): void {
    const isMarked = (this.#markedUntil.get(who) ?? 0) > this.now;
    if (!this.isLost && !isMarked) this.#kept.set(who, { name, asOf, at: this.now });
  }

  revoke(who: ModelCaller, at: number): void {
    if (this.isLost) {
      this.#pending[at]?.add(who);
      return;
    }
    this.#kept.delete(who);
    this.#markedUntil.set(who, this.now + MARK_MS);
  }

  back(): void {
    this.isLost = false;
    for (const [at, pending] of this.#pending.entries()) {
      for (const who of pending) this.revoke(who, at);
      pending.clear();
    }
  }
}

async function check(redis: TestRedis, prefix: string, chosen: Windows, steps: readonly Step[]) {
  await using vendors = await startModelVendors();
  const environment = {
    CREDENTIALS: 'request',
    DATADOG_API_URL: vendors.url,
    HEYGEN_API_URL: vendors.url,
    HEYGEN_API_VERSION: 'v3',
    UPSTREAM_RETRIES: '0',
    UPSTREAM_DEADLINE_MS: String(DEADLINE_MS),
    BREAKER_FAILURES: '1000000',
    RATE_LIMIT: '1000000',
    CACHE_TTL_SECONDS: String(chosen.ttlMs / 1_000),
    CACHE_STALE_IF_ERROR_SECONDS: String(chosen.staleIfErrorMs / 1_000),
    REDIS_URL: redis.url,
    REDIS_PREFIX: prefix,
    // A machine that is busy does not lose it.
    REDIS_TIMEOUT_MS: '5000',
  };
  const secrets = [newSecret(), newSecret()];
  using stack = new DisposableStack();
  const copies = [secrets, secrets.toReversed()].map((own) =>
    stack.use(startCopy({ ...environment, CACHE_SECRET: own.join() })),
  );
  await Promise.all(copies.map((copy) => copy.used()));
  const model = new Model(chosen);

  async function checkAsk({ ask, at, as, isNoCache }: Ask): Promise<void> {
    const who = CALLERS[ask] as ModelCaller;
    const copy = copies[at] as Copy;
    vendors.behave(who, as);
    const before = vendors.seen.length;
    const fresh = isNoCache ? undefined : model.find(who, 'fresh');
    const headers = { ...who.headers, ...(isNoCache && NO_CACHE) };
    const started = new Date().toISOString();
    const said = saidBy(who.kind, await copy.query(who.kind.query, { headers }));
    // What it stored is there once a later command on the same connection has come back.
    await copy.query('{ __typename }');
    assert.equal(vendors.seen.length - before, fresh === undefined ? 1 : 0);
    if (fresh !== undefined) return assertSays(said, fresh);
    const { code, effect } = vendors.behaviorOf(who);
    if (effect === 'revocation') model.revoke(who, at);
    if (code === undefined) {
      const { name = '', asOf = '' } = said;
      assert.deepEqual(said, { name: vendors.nameOf(who), asOf, warnings: [] });
      assert.ok(asOf >= started && asOf <= new Date().toISOString());
      return model.keep(who, name, asOf);
    }
    const instead = isNoCache || effect !== 'outage' ? undefined : model.find(who, 'instead');
    if (instead !== undefined) return assertSays(said, instead, code);
    assert.deepEqual(said, { error: code, warnings: [] });
  }

  for (const each of steps) {
    if (typeof each === 'object' && 'ask' in each) {
      await checkAsk(each);
    } else if (typeof each === 'object') {
      if (model.isLost) continue;
      await pass(redis, each.passMs);
      model.now += each.passMs;
    } else if (model.isLost) {
      await redis.start();
      await Promise.all(copies.map((copy) => copy.used()));
      model.back();
    } else {
      await redis.kill();
      await Promise.all(copies.map((copy) => copy.lost()));
      model.isLost = true;
    }
  }
  if (model.isLost) await redis.start();
}

function assertSays(said: Said, { name, asOf }: Kept, ...warnings: readonly string[]): void {
  assert.deepEqual(said, { name, asOf, warnings });
}

test('whatever vendors and Redis do, each caller gets from each copy what a plain model says', async () => {
  await using redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(windows, fc.array(step, { minLength: 20, maxLength: 60 }), (chosen, steps) => {
      runs += 1;
      return check(redis, `run-${runs}:`, chosen, steps);
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
});
