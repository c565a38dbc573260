/**
 * Requests of many callers at once, for each way to determine whose identity a caller sees. Every response is compared
 * with what its caller must see, which is computed without Rolecall's code.
 *
 * `INTERLEAVED_REQUESTS` (1500) is the number of requests for each way. A run prints its seed; `INTERLEAVED_SEED` repeats
 * the requests and delays of a run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchFastPaths } from './support/fast-paths.ts';
import { type IdentityWay, startWay, WAYS } from './support/identity-ways.ts';
import type { Line } from './support/log.ts';
import { type Caller, createPopulation, PERSON_MARK } from './support/population.ts';
import type { Operation } from './support/population-operations.ts';
import {
  bodyOf,
  interleave,
  type Planned,
  planRequests,
  shuffled,
} from './support/population-requests.ts';
import { KEY_MARK } from './support/providers.ts';
import { Sight, type Versions } from './support/sight.ts';

const COUNT = Number(process.env['INTERLEAVED_REQUESTS'] ?? 1_500);
const SEED = Number(process.env['INTERLEAVED_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const CALLERS = 200;
const AT_ONCE = 100;

const HASH = /^[\w-]{43}$/;

const LIMITED_CALLERS = 40;
const LIMIT = 3;
const GREED = 12;

type RunningWay = Awaited<ReturnType<typeof startWay>>;

for (const [name, way] of Object.entries(WAYS)) {
  test(`${name}: ${CALLERS} callers who send requests at once each see only what is theirs`, async (context) => {
    context.diagnostic(`seed ${SEED}`);
    using fast = watchFastPaths();
    const callers = createPopulation(CALLERS, SEED);
    await using rolecall = await startWay(way, callers, SEED, { RATE_LIMIT: '0' });
    const responses = new Responses(way);
    const requests = planRequests(callers, COUNT, SEED);
    const started = performance.now();
    await interleave(requests, AT_ONCE, async (planned) => {
      const before = responses.latest(planned.caller);
      const text = await responseTo(rolecall, planned);
      if (text !== undefined) responses.check(planned, text, before);
    });
    const seconds = (performance.now() - started) / 1_000;

    const { complete, foreign } = responses;
    assertLog(rolecall, way, requests);
    const lines = Object.groupBy(rolecall.lines(), ({ requestId }) => requestId);
    for (const { serial, operations } of complete) {
      const own = (lines[serial] ?? []).map(({ msg, errors }) => ({ msg, errors }));
      const expected = operations.map(() => ({ msg: 'operation', errors: [] }));
      assert.deepEqual(own, expected);
    }
    const shared = rolecall.lines().filter(isShared).length;
    const cached = rolecall.lines().filter(isCached).length;
    const { unparsed, compiledLists } = fast.counts;
    const searches = rolecall.vendors.searches();
    context.diagnostic(
      `${COUNT} requests in ${seconds.toFixed(1)} s, foreign values: ${foreign}, callers who left: ${COUNT - complete.size}`,
    );
    context.diagnostic(
      `operations that only shared calls: ${shared}, responses from the cache: ${unparsed}, lists by compiled code: ${compiledLists}, operations without a call: ${cached}, searches: ${searches}`,
    );
    if (way.isCached) {
      assert.ok(cached > COUNT / 2, 'responses are used again');
    } else {
      assert.equal(cached, 0);
      assert.ok(shared > COUNT / 10, 'calls are shared');
    }
    assert.ok(unparsed > COUNT / 20, 'the parse cache is used');
    assert.ok(compiledLists > COUNT / 2, 'compiled code runs');
    assert.ok(complete.size < COUNT, 'some callers leave');
    // Once, except for requests that began before the first search ended.
    assert.ok(searches <= 2 * CALLERS, 'who was found is remembered');
  });

  test(`${name}: requests of greedy callers count against nobody else`, async () => {
    const callers = createPopulation(LIMITED_CALLERS, SEED);
    await using rolecall = await startWay(way, callers, SEED, { RATE_LIMIT: String(LIMIT) });
    const requests = shuffled(
      callers.flatMap((caller) =>
        Array.from({ length: isGreedy(caller) ? GREED : LIMIT }, () => caller),
      ),
      SEED,
    ).map((caller, serial) => ({ caller, serial }));
    const served = new Map<Caller, number>();
    await interleave(requests, AT_ONCE, async ({ caller, serial }) => {
      const body = { query: '{ viewer { datadog { email } } }' };
      const { status, text } = await rolecall.send({ caller, requestId: String(serial), body });
      const { data, errors } = JSON.parse(text);
      if (status === 200) {
        assert.deepEqual(data, { viewer: { datadog: { email: caller.email } } });
        served.set(caller, (served.get(caller) ?? 0) + 1);
      } else {
        assert.equal(isGreedy(caller), true, `seed ${SEED}: ${text}`);
        assert.deepEqual([status, errors[0].extensions.code], [429, 'RATE_LIMITED']);
      }
    });
    for (const caller of callers) assert.equal(served.get(caller), LIMIT, `seed ${SEED}`);
    assertLog(rolecall, way, requests);
  });
}

function isGreedy({ number }: Caller): boolean {
  return number % 4 === 0;
}

/** Did this operation call vendors only together with other operations? */
function isShared({ providers = [], upstream = [] }: Line): boolean {
  const own = upstream.filter(({ provider }: Line) => provider !== 'CREDENTIALS');
  return providers.length > 0 && own.length === 0;
}

/** Did this operation use only responses that there were? */
function isCached({ providers = [], upstream = [] }: Line): boolean {
  const own = upstream.filter(({ provider }: Line) => provider !== 'CREDENTIALS');
  return (
    providers.length > 0 && own.length > 0 && own.every(({ attempts }: Line) => attempts === 0)
  );
}

/** The text of the response; undefined if the caller left before it came. */
async function responseTo(rolecall: RunningWay, planned: Planned): Promise<string | undefined> {
  const { caller, serial, operations, leavesAfterMs } = planned;
  const leaving = new AbortController();
  if (leavesAfterMs !== null) setTimeout(() => leaving.abort(), leavesAfterMs);
  try {
    const { text } = await rolecall.send({
      caller,
      requestId: String(serial),
      body: bodyOf(planned),
      path: operations[0]?.path,
      signal: leaving.signal,
    });
    return text;
  } catch (error) {
    if (leaving.signal.aborted) return undefined;
    throw error;
  }
}

/** Checks responses, and counts what they have of other callers. */
class Responses {
  readonly complete = new Set<Planned>();
  foreign = 0;
  readonly #way: IdentityWay;
  readonly #latest = new Map<Caller, Versions>();

  constructor(way: IdentityWay) {
    this.#way = way;
  }

  /** The latest versions that this caller has seen. */
  latest(caller: Caller): Versions {
    return this.#latest.get(caller) ?? { datadog: 0, heygen: 0 };
  }

  /** @param before the latest versions when the request was sent */
  check(planned: Planned, text: string, before: Versions): void {
    const { caller, operations } = planned;
    for (const [, number] of text.matchAll(new RegExp(`(\\d+)\\.${PERSON_MARK}`, 'g'))) {
      if (Number(number) !== caller.number) this.foreign += 1;
    }
    const message = `seed ${SEED}, request ${planned.serial} of ${caller.mark}: ${text}`;
    assert.equal(this.foreign, 0, message);
    const results = [JSON.parse(text)].flat();
    assert.equal(results.length, operations.length, message);
    for (const [index, operation] of operations.entries()) {
      this.#checkResult(planned, operation, results[index], before, message);
    }
    this.complete.add(planned);
  }

  #checkResult(
    planned: Planned,
    operation: Operation,
    result: unknown,
    before: Versions,
    message: string,
  ): void {
    const { caller } = planned;
    const versions = versionsIn(JSON.stringify(result));
    const sight = new Sight(caller, versions, this.#way.ownerOrganization);
    assert.deepEqual(result, { data: operation.expected(sight, planned) }, message);
    const latest = { ...this.latest(caller) };
    for (const vendor of ['datadog', 'heygen'] as const) {
      // The operation may select nothing of the vendor's.
      if (versions[vendor] === 0) continue;
      const isNew = caller.changesAfter === 1 && !this.#way.isCached;
      const oldest = before[vendor] + (isNew ? 1 : 0);
      assert.ok(versions[vendor] >= oldest, `the response has an old version: ${message}`);
      latest[vendor] = Math.max(latest[vendor], versions[vendor]);
    }
    this.#latest.set(caller, latest);
  }
}

function versionsIn(text: string): Versions {
  const versionOf = (vendor: string) =>
    Number(new RegExp(`, ${vendor} version (\\d+)`).exec(text)?.[1] ?? 0);
  return { datadog: versionOf('Datadog'), heygen: versionOf('HeyGen') };
}

/** The log names each request's caller by a hash that is theirs alone, and says nothing else of anybody. */
function assertLog(
  rolecall: RunningWay,
  { signsIn }: IdentityWay,
  requests: readonly Pick<Planned, 'caller' | 'serial'>[],
): void {
  assert.doesNotMatch(rolecall.log(), new RegExp(`${PERSON_MARK}|${KEY_MARK}`, 'i'));
  for (const text of rolecall.credentials) assert.ok(!rolecall.log().includes(text), text);
  const hashes = new Map<Caller, unknown>();
  for (const { requestId, caller: hash } of rolecall.lines()) {
    const { caller } = requests[requestId] ?? assert.fail(`no request ${requestId}`);
    if (!hashes.has(caller)) hashes.set(caller, hash);
    assert.equal(hash, hashes.get(caller));
  }
  assert.equal(new Set(hashes.values()).size, signsIn ? hashes.size : 1);
  for (const hash of hashes.values()) assert.match(String(hash), signsIn ? HASH : /^undefined$/);
}
