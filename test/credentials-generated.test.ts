import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { stopClock } from './support/clock.ts';
import { type Issuer, startIssuer } from './support/issuer.ts';
import { codesOf } from './support/rolecall.ts';
import {
  createRolecallWithBroker,
  createRolecallWithEntries,
  entryOf,
  startBroker,
  startVendors,
} from './support/stored-credentials.ts';
import { json } from './support/upstream.ts';

const SEED = 1;
const TTL_MS = 60_000;
const INTERVAL_MS = 10_000;

/** Different people, some of whom resemble each other. */
const SUBJECTS = ['kim', 'Kim', 'k\u00edm', 'ki\u0301m', '__proto__', '7', '["kim"]'];
/** The owners of keys; two people may have the same keys. */
const owner = fc.constantFrom('a', 'b', 'c');
const key = fc.option(fc.tuple(owner, fc.integer({ min: 1, max: 2 })), { nil: undefined });

/** What a store has about a person: keys, or a mistake. Undefined if it does not know them. */
const stored = fc.oneof(
  { weight: 6, arbitrary: fc.record({ datadog: key, heygen: key }) },
  fc.constantFrom('mistake' as const, undefined),
);
type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Stored = Drawn<typeof stored>;
type Key = Drawn<typeof key>;
type Keys = Exclude<Stored, 'mistake' | undefined>;

let issuer: Issuer;
let vendors: Awaited<ReturnType<typeof startVendors>>;
before(async () => {
  issuer = await startIssuer();
  vendors = await startVendors();
});
after(async () => {
  await issuer[Symbol.asyncDispose]();
  await vendors[Symbol.asyncDispose]();
});

const nameOf = (one: Key) => one?.join(' ');

function bodyOf(of: Exclude<Stored, undefined>): object {
  if (of === 'mistake') return { heygen: { apiKey: 'two words' } };
  return {
    ...(of.datadog && { datadog: entryOf(...of.datadog).datadog }),
    ...(of.heygen && { heygen: entryOf(...of.heygen).heygen }),
  };
}

type Ask = ReturnType<typeof createRolecallWithBroker>['ask'];

/** What a person gets: of each provider, a name or a code. */
async function seenBy(ask: Ask, subject: string) {
  const fields = await ask(subject, '{ viewer { datadog { name } heygen { username } } }');
  const codes = codesOf(fields);
  const { data } = await ask(subject, '{ viewer { providers } }');
  return {
    providers: data?.viewer.providers,
    datadog: fields.data.viewer.datadog?.name ?? codes['viewer.datadog'],
    heygen: fields.data.viewer.heygen?.username ?? codes['viewer.heygen'],
  };
}

const UNAVAILABLE = {
  providers: undefined,
  datadog: 'CREDENTIALS_UNAVAILABLE',
  heygen: 'CREDENTIALS_UNAVAILABLE',
};

function expectedOf(own: Keys | undefined, show = (one: Key) => nameOf(one)) {
  return {
    providers: [
      ...(own?.datadog ? ['DATADOG'] : []),
      ...(own?.heygen ? ['HEYGEN'] : []),
    ] as unknown,
    datadog: show(own?.datadog),
    heygen: show(own?.heygen),
  };
}

test('a generated broker: everyone is who the reference says, and it is called as often', async () => {
  const step = fc.record({
    subject: fc.constantFrom(...SUBJECTS),
    /** In place of what the broker has about this person. */
    next: fc.option(fc.record({ of: stored, isShort: fc.boolean() }), { nil: undefined }),
    rejected: fc.option(fc.record({ key, status: fc.constantFrom(401, 403) }), { nil: undefined }),
    passMs: fc.constantFrom(0, 0, 0, 1, 5_000, 5_000, 10_000, 30_000),
  });

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      using clock = stopClock();
      const store = new Map<string, { of: Stored; isShort: boolean }>();
      await using broker = await startBroker({});
      broker.state.script = (...call) => {
        const { of, isShort } = store.get(JSON.parse(call[1].body).subject) ?? {};
        const script = of
          ? json({ ...bodyOf(of), ...(isShort && { expiresIn: 5 }) })
          : json({}, 404);
        script(...call);
      };
      const { ask, log } = createRolecallWithBroker(issuer, vendors, broker);
      const kept = new Map<string, { own: Keys | undefined; until: number; isRejected: boolean }>();
      const refreshed = new Map<string, number>();
      let now = 0;
      let calls = 0;

      const find = (subject: string) => {
        const known = kept.get(subject);
        const isKept = known !== undefined && now <= known.until;
        if (isKept && !known.isRejected) return known;
        calls += 1;
        const { of, isShort = false } = store.get(subject) ?? {};
        if (of === 'mistake') return isKept ? known : undefined;
        const until = now + (of && isShort ? 5_000 : TTL_MS);
        const found = { own: of, until, isRejected: false };
        kept.set(subject, found);
        return found;
      };

      for (const { subject, next, rejected, passMs } of steps) {
        if (next) store.set(subject, next);
        clock.advance(passMs);
        now += passMs;
        const isRejected = (one: Key) => one !== undefined && nameOf(one) === nameOf(rejected?.key);
        vendors.state.reject = (name) =>
          name === nameOf(rejected?.key) ? rejected?.status : undefined;

        const code = rejected?.status === 401 ? 'UPSTREAM_UNAUTHENTICATED' : 'UPSTREAM_FORBIDDEN';
        const found = find(subject);
        const expected = found
          ? expectedOf(found.own, (one) => (isRejected(one) ? code : nameOf(one)))
          : { ...UNAVAILABLE };
        const isWrong =
          isRejected(found?.own?.datadog) ||
          (isRejected(found?.own?.heygen) && rejected?.status === 401);
        if (found && isWrong && now > (refreshed.get(subject) ?? -1)) {
          found.isRejected = true;
          refreshed.set(subject, now + INTERVAL_MS);
        }
        // The second operation of `seenBy`.
        const again = find(subject);
        expected.providers = again && expectedOf(again.own).providers;

        assert.deepEqual(await seenBy(ask, subject), expected);
        assert.equal(broker.seen.length, calls);
      }
      assert.doesNotMatch(log(), /MARKEDKEY|two words|"kim|__proto__/i);
    }),
    { seed: SEED, numRuns: 8, endOnFailure: true },
  );
});

test('generated files: everyone is who the last file without a mistake says', async () => {
  const file = fc.array(fc.tuple(fc.constantFrom(...SUBJECTS), stored), { maxLength: 5 });
  using rolecall = await createRolecallWithEntries(issuer, vendors, {});
  vendors.state.reject = () => undefined;
  let inUse = new Map<string, Stored>();
  await fc.assert(
    fc.asyncProperty(file, async (people) => {
      const next = new Map(people.filter(([, of]) => of !== undefined));
      const bodies = Array.from(next, ([subject, of]) => [subject, of && bodyOf(of)]);
      await rolecall.rotate({ CREDENTIALS: JSON.stringify(Object.fromEntries(bodies)) });
      if (![...next.values()].includes('mistake')) inUse = next;
      for (const subject of SUBJECTS) {
        const expected = expectedOf(inUse.get(subject) as Keys | undefined);
        assert.deepEqual(await seenBy(rolecall.ask, subject), expected);
      }
    }),
    { seed: SEED, numRuns: 25, endOnFailure: true },
  );
});
