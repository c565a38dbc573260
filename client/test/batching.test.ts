import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createRolecallClient } from '../src/index.ts';
import { checksOf, responding, watched } from './support/requests.ts';
import { startRolecall } from './support/rolecall.ts';

const url = 'http://rolecall.example/graphql';
const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `may_${index}`);

describe('more names than a request may have', () => {
  test('travel as several requests of at most 500', async () => {
    const { fetch, seen } = watched(responding(checksOf));
    const names = namesOf(1_201);
    const checks = await createRolecallClient({ url, fetch }).check(names);
    assert.deepEqual(
      seen.map((request) => request.names.length),
      [500, 500, 201],
    );
    assert.deepEqual(
      checks.map(({ name }) => name),
      names,
    );
  });

  test('are halved where the server accepts fewer, whatever its limit', async () => {
    for (const environment of [
      { LIMIT_LIST_ITEMS: '10' },
      { LIMIT_NODES: '10' },
      { LIMIT_BODY_BYTES: '400' },
      { LIMIT_RESPONSE_BYTES: '1000' },
    ] as const) {
      await using rolecall = await startRolecall({ SANDBOX: '1', ...environment });
      const { fetch, seen } = watched();
      const client = createRolecallClient({ url: rolecall.url, fetch });
      const names = [...namesOf(38), 'dashboards_write'];
      const checks = await client.check(names);
      assert.deepEqual(
        checks.map(({ name, granted }) => [name, granted]),
        names.map((name) => [name, name === 'dashboards_write']),
      );
      assert.ok(seen.length >= 3 && seen.length < 32, `${seen.length} requests`);
    }
  });

  test('one name that is refused alone is an error, and ends there', async () => {
    await using rolecall = await startRolecall({ SANDBOX: '1', LIMIT_BODY_BYTES: '300' });
    const { fetch, seen } = watched();
    const client = createRolecallClient({ url: rolecall.url, fetch });
    const [long, short] = await Promise.allSettled([client.can('x'.repeat(300)), client.can('a')]);
    assert.equal(long.status === 'rejected' && long.reason.code, 'BODY_TOO_LARGE');
    // They travelled together.
    assert.equal(short.status, 'rejected');
    assert.equal((await client.can('a')).granted, false);
    assert.equal(seen.length, 4);
  });
});

describe('an abort', () => {
  /** A `fetch` that responds when told to, and rejects when its signal aborts. */
  function held() {
    const { promise, resolve } = Promise.withResolvers<void>();
    const sent = Promise.withResolvers<void>();
    const { fetch, seen } = watched(async (_input, init) => {
      sent.resolve();
      const aborted = new Promise<never>((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
      await Promise.race([promise, aborted]);
      return Response.json(checksOf(JSON.parse(String(init?.body)).variables.names));
    });
    return {
      client: createRolecallClient({ url, fetch }),
      seen,
      respond: resolve,
      sent: sent.promise,
    };
  }

  test('rejects its caller at once, and no other', async () => {
    const { client, seen, respond, sent } = held();
    const leaving = new AbortController();
    const left = client.can('may_a', { signal: leaving.signal });
    const same = client.can('may_a');
    const other = client.check(['may_b'], { signal: new AbortController().signal });
    await sent;
    const reason = new Error('left');
    leaving.abort(reason);
    await assert.rejects(left, reason);
    assert.equal(seen[0]?.signal?.aborted, false);
    respond();
    assert.equal((await same).granted, true);
    assert.equal((await other)[0]?.granted, true);
    assert.equal(seen.length, 1);
  });

  test('of all callers aborts the request', async () => {
    const { client, seen, sent } = held();
    const [one, two] = [new AbortController(), new AbortController()];
    const calls = Promise.allSettled([
      client.can('a', { signal: one.signal }),
      client.check(['a', 'b'], { signal: two.signal }),
    ]);
    await sent;
    one.abort(1);
    assert.equal(seen[0]?.signal?.aborted, false);
    two.abort(2);
    assert.equal(seen[0]?.signal?.aborted, true);
    assert.deepEqual(
      (await calls).map((call) => call.status === 'rejected' && call.reason),
      [1, 2],
    );
  });

  test('before the request is sent leaves the name out; of all, nothing is sent', async () => {
    const { fetch, seen } = watched(responding(checksOf));
    const client = createRolecallClient({ url, fetch });
    const leaving = new AbortController();
    const left = client.can('may_a', { signal: leaving.signal });
    const other = client.can('may_b');
    leaving.abort();
    await assert.rejects(left, { name: 'AbortError' });
    assert.equal((await other).granted, true);
    await assert.rejects(client.can('may_c', { signal: leaving.signal }), { name: 'AbortError' });
    await setImmediate();
    await setImmediate();
    assert.deepEqual(
      seen.map(({ names }) => names),
      [['may_b']],
    );
  });

  test('of viewer() ends it, also while the headers are awaited', async () => {
    const { fetch, seen } = watched(responding(() => new Response('')));
    const headers = () => new Promise<HeadersInit>(() => {});
    const client = createRolecallClient({ url, fetch, headers });
    const leaving = new AbortController();
    const me = client.viewer({ signal: leaving.signal });
    leaving.abort();
    await assert.rejects(me, { name: 'AbortError' });
    assert.equal(seen.length, 0);
    const timeout = AbortSignal.timeout(1);
    await assert.rejects(client.viewer({ signal: timeout }), { name: 'TimeoutError' });
  });

  test('leaves no listeners behind', async () => {
    const client = createRolecallClient({ url, fetch: responding(checksOf) });
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener: (...args: Parameters<typeof addEventListener>) => {
        listeners += 1;
        addEventListener.apply(signal, args);
      },
      removeEventListener: (...args: Parameters<typeof removeEventListener>) => {
        listeners -= 1;
        removeEventListener.apply(signal, args);
      },
    });
    await client.check(['may_a', 'may_b'], { signal });
    await setImmediate();
    assert.equal(listeners, 0);
  });
});
