import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { retryDelay } from '../src/upstream/retry.ts';
import { SingleFlight } from '../src/upstream/single-flight.ts';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { stopTime } from './support/clock.ts';
import { readConfig } from './support/config.ts';
import { createRolecall, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

const QUERY = '{ viewer { datadog { id } } }';

const codeOf = ({ errors }: { errors?: readonly any[] | undefined }) =>
  errors?.[0]?.extensions?.code;

describe('retries', () => {
  test('wait longer each time, with full jitter, and never under 100 ms', () => {
    assert.deepEqual(
      [1, 2, 3].map((retry) => retryDelay(retry, undefined, 0)),
      [100, 100, 100],
    );
    assert.deepEqual(
      [1, 2, 3].map((retry) => retryDelay(retry, undefined, 1)),
      [300, 500, 900],
    );
    assert.equal(retryDelay(1, 7, 1), 7_000);
  });
});

describe('a call that nobody waits for any more is dropped', () => {
  /** A Datadog that begins a body and never ends it. `closed` resolves when the connection is closed. */
  async function hangingDatadog() {
    const closed = Promise.withResolvers<void>();
    const upstream = await startUpstream((response) => {
      response.writeHead(200).write('{');
      response.once('close', () => closed.resolve());
    });
    return { upstream, closed: closed.promise };
  }

  for (const setting of ['timeoutMs', 'deadlineMs']) {
    test(`after ${setting}`, { timeout: 10_000 }, async () => {
      using timers = stopTime();
      const { upstream, closed } = await hangingDatadog();
      await using datadog = upstream;
      const call = upstreamOf(datadog, { [setting]: 100 }).get('a');
      while (datadog.seen.length === 0) await nextTurn();
      timers.advance(100);
      await assert.rejects(call, { kind: 'timeout' });
      await closed;
    });
  }

  test('when its caller leaves', { timeout: 10_000 }, async () => {
    const { upstream, closed } = await hangingDatadog();
    await using datadog = upstream;
    const caller = new AbortController();
    const rejected = assert.rejects(
      createRolecallFor({ datadog }).query(QUERY, { signal: caller.signal }),
    );
    while (datadog.seen.length === 0) await nextTurn();
    caller.abort();
    await rejected;
    await closed;
  });
});

describe('single flight', () => {
  const withKey = (key: string) => ({ headers: { 'DD-API-KEY': key, 'DD-APPLICATION-KEY': key } });

  test('the same credentials share one call, others never do', async () => {
    const joined = Promise.withResolvers<void>();
    await using datadog = await startUpstream(async (...call) => {
      const name = String(call[1].headers['dd-api-key']);
      await joined.promise;
      json(userDocument({ attributes: { name } }))(...call);
    });
    const rolecall = createRolecall({ CREDENTIALS: 'request', DATADOG_API_URL: datadog.url });
    const keys = ['a', 'b', 'a', 'a', 'b', 'c'];
    const requests = keys.map((key) =>
      rolecall.query('{ viewer { datadog { name } } }', withKey(key)),
    );
    while (datadog.seen.length < 3) await nextTurn();
    // All requests started in one turn, so a few turns later, each has made or joined a call.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    joined.resolve();
    const responses = await Promise.all(requests);
    assert.deepEqual(
      responses.map((response) => dataOf(response).viewer.datadog.name),
      keys,
    );
    assert.equal(datadog.seen.length, 3);
    // Only calls under way are shared: the next request makes a new one.
    await rolecall.query('{ viewer { datadog { name } } }', withKey('a'));
    assert.equal(datadog.seen.length, 4);
  });

  test('is not started for a caller who has left already', async () => {
    let calls = 0;
    const call = async () => {
      calls += 1;
    };
    const left = new SingleFlight<void>().join('key', AbortSignal.abort(), call);
    await assert.rejects(left, { kind: 'cancelled' });
    assert.equal(calls, 0);
  });

  test('is cancelled only when the last caller leaves', async () => {
    const flights = new SingleFlight<string>();
    const landing = Promise.withResolvers<string>();
    let cancelled = false;
    let calls = 0;
    const call = (signal: AbortSignal) => {
      calls += 1;
      signal.addEventListener('abort', () => {
        cancelled = true;
      });
      return landing.promise;
    };
    const callers = [new AbortController(), new AbortController(), new AbortController()];
    const [first, second, third] = callers.map(({ signal }) => flights.join('key', signal, call));
    callers[0]?.abort();
    await assert.rejects(first ?? Promise.resolve(), /the caller disconnected/);
    assert.equal(cancelled, false);
    callers[1]?.abort();
    await assert.rejects(second ?? Promise.resolve());
    assert.equal(cancelled, false);
    callers[2]?.abort();
    await assert.rejects(third ?? Promise.resolve());
    assert.equal(cancelled, true);
    assert.equal(calls, 1);

    // A later caller does not join the cancelled call.
    const late = flights.join('key', new AbortController().signal, call);
    assert.equal(calls, 2);
    landing.resolve('landed');
    assert.equal(await late, 'landed');
  });
});

describe('calls to vendors on the wire', () => {
  test('gzip is asked for, and decoded', async () => {
    const { gzipSync } = await import('node:zlib');
    await using datadog = await startUpstream((response, { headers }) => {
      assert.equal(headers['accept-encoding'], 'gzip');
      response
        .writeHead(200, { 'content-encoding': 'gzip' })
        .end(gzipSync(JSON.stringify(userDocument())));
    });
    dataOf(await createRolecallFor({ datadog }).query(QUERY));
  });

  test('HTTPS_PROXY and NO_PROXY are honoured', async () => {
    const { createServer } = await import('node:http');
    const connected: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      connected.push(request.url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const environment = {
      HEYGEN_API_KEY: 'k',
      HEYGEN_API_URL: 'https://heygen.invalid/',
      UPSTREAM_RETRIES: '0',
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    };
    const query = '{ viewer { heygen { id } } }';
    assert.equal(codeOf(await createRolecall(environment).query(query)), 'UPSTREAM_UNAVAILABLE');
    assert.deepEqual(connected, ['heygen.invalid:443']);
    const direct = createRolecall({ ...environment, NO_PROXY: 'heygen.invalid' });
    assert.equal(codeOf(await direct.query(query)), 'UPSTREAM_UNAVAILABLE');
    assert.equal(connected.length, 1);
    proxy.close();
  });

  test('loopback is never behind a proxy', async () => {
    await using heygen = await startUpstream(json(v1()));
    const rolecall = createRolecallFor({ heygen }, { HTTP_PROXY: 'http://127.0.0.1:9' });
    dataOf(await rolecall.query('{ viewer { heygen { id } } }'));
  });
});

test('bad limits of calls to vendors are reported by the names of their variables', () => {
  const names = [
    'UPSTREAM_DEADLINE_MS',
    'UPSTREAM_TIMEOUT_MS',
    'UPSTREAM_RETRIES',
    'UPSTREAM_RETRY_RATIO',
    'UPSTREAM_CONCURRENCY',
    'UPSTREAM_QUEUE',
    'UPSTREAM_MAX_BYTES',
    'BREAKER_FAILURES',
    'BREAKER_RESET_MS',
    'HTTPS_PROXY',
  ];
  assert.throws(
    () => readConfig(Object.fromEntries(names.map((name) => [name, '-1']))),
    ({ message }: Error) => names.every((name) => message.includes(`- ${name} must be`)),
  );
});
