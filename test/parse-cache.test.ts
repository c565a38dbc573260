import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { UpstreamFailure } from '../src/upstream/failure.ts';
import { ParseCache } from '../src/upstream/parse-cache.ts';
import { toResponse, type UpstreamResponse } from '../src/upstream/response.ts';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { createRolecallFor, dataOf } from './support/rolecall.ts';
import { inTurn, json, startUpstream } from './support/upstream.ts';

const MINUTE_MS = 60_000;
const MAX_BYTES = 16 * 1024 ** 2;

const responseOf = (body: unknown, status = 200): UpstreamResponse =>
  toResponse(status, {}, Buffer.from(JSON.stringify(body)), MAX_BYTES);

const zipped = (body: unknown): UpstreamResponse =>
  toResponse(200, { 'content-encoding': 'gzip' }, gzipSync(JSON.stringify(body)), MAX_BYTES);

/** A cache, and the bodies that it read. */
function createCache(megabytes = 1) {
  const cache = new ParseCache(megabytes);
  const bodies: unknown[] = [];
  const read = (body: unknown) => {
    bodies.push(body);
    return { body };
  };
  return {
    bodies,
    ask: (response: UpstreamResponse, key = 'key') => cache.read(key, response, read),
  };
}

describe('the parse cache', () => {
  test('reads the same bytes once', () => {
    const { ask, bodies } = createCache();
    const first = ask(zipped({ id: 1 }));
    assert.equal(ask(zipped({ id: 1 })), first);
    assert.equal(ask(zipped({ id: 1 })), first);
    assert.deepEqual(bodies, [{ id: 1 }]);
  });

  test('gives what has changed at once, and keeps it when it has come again', () => {
    const { ask, bodies } = createCache();
    const served = [1, 2, 2, 2, 2, 1].map((body) => ask(responseOf(body)).body);
    assert.deepEqual(served, [1, 2, 2, 2, 2, 1]);
    assert.deepEqual(bodies, [1, 2, 2, 1]);
  });

  test('does not keep what changes each time', async () => {
    const { ask } = createCache();
    ask(responseOf({ id: 1 }));
    const changed = new WeakRef(ask(responseOf({ id: 2 })));
    assert.equal(await isKept(changed), false);
    ask(responseOf({ id: 2 }));
    const same = new WeakRef(ask(responseOf({ id: 2 })));
    assert.equal(await isKept(same), true);
    ask(responseOf({ id: 2 }));
  });

  test('gives nobody what was read for another key', () => {
    const { ask, bodies } = createCache();
    assert.notEqual(ask(responseOf({ id: 1 }), 'mine'), ask(responseOf({ id: 1 }), 'yours'));
    assert.equal(bodies.length, 2);
  });

  test('takes the same bytes of another status or encoding for others', () => {
    const { ask, bodies } = createCache();
    ask(responseOf({ id: 1 }));
    ask(responseOf({ id: 1 }, 201));
    assert.equal(bodies.length, 2);
    const { bytes } = zipped({ id: 1 });
    ask(toResponse(200, { 'content-encoding': 'gzip' }, bytes, MAX_BYTES), 'other');
    const brotli = toResponse(200, { 'content-encoding': 'br' }, bytes, MAX_BYTES);
    assert.throws(() => ask(brotli, 'other'), { constructor: UpstreamFailure, kind: 'invalid' });
  });

  test('keeps nothing of what cannot be read', () => {
    const cache = new ParseCache(1);
    let times = 0;
    const refuse = (): never => {
      times += 1;
      throw new Error('not a document');
    };
    assert.throws(() => cache.read('key', responseOf([]), refuse), /not a document/);
    assert.throws(() => cache.read('key', responseOf([]), refuse), /not a document/);
    assert.equal(times, 2);
  });

  test('keeps within its bounds, what was used last', () => {
    const { ask, bodies } = createCache(1);
    const [first, second] = ['a', 'b'].map((letter) => responseOf(letter.repeat(120_000)));
    assert(first && second);
    ask(first, 'first');
    ask(second, 'second');
    ask(first, 'first');
    assert.equal(bodies.length, 2, 'both fit in, counted three times their length');
    ask(responseOf('c'.repeat(120_000)), 'third');
    ask(first, 'first');
    assert.equal(bodies.length, 3, 'the first was used last');
    ask(second, 'second');
    assert.equal(bodies.length, 4, 'the second was let go');
  });

  test('counts what has changed too', () => {
    const { ask, bodies } = createCache(1);
    const keys = ['a', 'b', 'c'];
    for (const key of keys) ask(responseOf(key), key);
    const stable = responseOf('s'.repeat(120_000));
    ask(stable, 'stable');
    for (const key of keys) ask(responseOf(key.repeat(300_000)), key);
    assert.equal(bodies.length, 7);
    ask(stable, 'stable');
    assert.equal(bodies.length, 8, 'it was let go');
  });

  test('counts what it takes to keep a response, however small', () => {
    const { ask, bodies } = createCache(1);
    for (let key = 0; key < 1_100; key += 1) ask(responseOf(key), `${key}`);
    ask(responseOf(0), '0');
    assert.equal(bodies.length, 1_101, 'the first was let go');
  });

  test('does without what is larger than it', () => {
    const { ask, bodies } = createCache(1);
    const large = responseOf('a'.repeat(400_000));
    ask(large);
    ask(large);
    assert.equal(bodies.length, 2);
  });

  test('of 0 MB keeps nothing', () => {
    const { ask, bodies } = createCache(0);
    ask(responseOf({ id: 1 }));
    ask(responseOf({ id: 1 }));
    assert.equal(bodies.length, 2);
  });

  test('lets go of what nobody asked for in five minutes', async (context) => {
    const clock = mockClock(context);
    const { ask, bodies } = createCache();
    const kept = new WeakRef(ask(responseOf({ id: 1 })));
    clock.pass(4 * MINUTE_MS);
    ask(responseOf({ id: 1 }));
    assert.equal(bodies.length, 1);
    clock.pass(4 * MINUTE_MS);
    assert.equal(await isKept(kept), true, 'four minutes after it was asked for last');
    clock.pass(2 * MINUTE_MS);
    assert.equal(await isKept(kept), false);
    assert.deepEqual(ask(responseOf({ id: 1 })), { body: { id: 1 } });
    assert.equal(bodies.length, 2);
  });
});

describe('a server that keeps responses', () => {
  const NAMES = '{ viewer { datadog { name } heygen { username } } }';

  test('asks the vendors every time, and serves what they say now', async () => {
    const named = (name: string) => json(userDocument({ attributes: { name } }));
    const called = (username: string) => json(v1({ username }));
    await using datadog = await startUpstream(inTurn(...['Ada', 'Ada', 'Bo', 'Ada'].map(named)));
    await using heygen = await startUpstream(inTurn(...['ada', 'ada', 'bo', 'ada'].map(called)));
    const rolecall = createRolecallFor({ datadog, heygen });
    const served = [];
    for (let i = 0; i < 4; i += 1) served.push(dataOf(await rolecall.query(NAMES)).viewer);
    assert.deepEqual(
      served,
      ['Ada', 'Ada', 'Bo', 'Ada'].map((name) => ({
        datadog: { name },
        heygen: { username: name.toLowerCase() },
      })),
    );
    assert.deepEqual([datadog.seen.length, heygen.seen.length], [4, 4]);
  });
});

/** Collects garbage in a new turn, because values read from a WeakRef are kept until the turn ends. */
async function isKept(reference: WeakRef<object>): Promise<boolean> {
  await new Promise(setImmediate);
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return reference.deref() !== undefined;
}

/** A clock for timers and for `performance.now()`, which lru-cache uses for ages. */
function mockClock({ mock }: TestContext) {
  let now = performance.now();
  mock.method(performance, 'now', () => now);
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  return {
    pass(ms: number) {
      now += ms;
      mock.timers.tick(ms);
    },
  };
}
