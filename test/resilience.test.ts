import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { createBreaker } from '../src/upstream/breaker.ts';
import { DocumentMemory } from '../src/upstream/document-memory.ts';
import { UpstreamFailure } from '../src/upstream/failure.ts';
import type { Reply } from '../src/upstream/reply.ts';
import { retryAfterSeconds, retryDelay } from '../src/upstream/retry.ts';
import { RetryBudget } from '../src/upstream/retry-budget.ts';
import { SingleFlight } from '../src/upstream/single-flight.ts';
import { createTransport } from '../src/upstream/transport.ts';
import { Upstream } from '../src/upstream/upstream.ts';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { readConfig } from './support/config.ts';
import { createGateway, createServerGateway, dataOf } from './support/gateway.ts';
import { json, type Script, startUpstream, text } from './support/upstream.ts';

const QUERY = '{ viewer { datadog { id } } }';

const codeOf = ({ errors }: { errors?: readonly any[] | undefined }) =>
  errors?.[0]?.extensions?.code;

describe('the circuit breaker', () => {
  const ENVIRONMENT = { UPSTREAM_RETRIES: '0', BREAKER_FAILURES: '3', BREAKER_RESET_MS: '400' };

  test('opens after failures in a row, answers at once while open, and closes after a good probe', async () => {
    let healthy = false;
    await using datadog = await startUpstream((...call) =>
      (healthy ? json(userDocument()) : text('', 503))(...call),
    );
    const gateway = createServerGateway({ datadog }, ENVIRONMENT);
    for (let i = 0; i < 3; i += 1)
      assert.equal(codeOf(await gateway.query(QUERY)), 'UPSTREAM_UNAVAILABLE');
    assert.equal(datadog.seen.length, 3);

    const { errors } = await gateway.query(QUERY);
    assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_UNAVAILABLE');
    assert.match(errors?.[0]?.message ?? '', /3 calls failed in a row/);
    assert.equal(datadog.seen.length, 3, 'nothing was asked while it was open');

    await delay(420);
    await gateway.query(QUERY);
    assert.equal(datadog.seen.length, 4, 'one call probed, and failed');
    await gateway.query(QUERY);
    assert.equal(datadog.seen.length, 4, 'so it is open again');

    healthy = true;
    await delay(420);
    dataOf(await gateway.query(QUERY));
    dataOf(await gateway.query(QUERY));
    assert.equal(datadog.seen.length, 6);
  });

  test('counts calls, not their tries, and a success in between starts anew', async () => {
    await using datadog = await startUpstream((response, seen, call) =>
      (call % 4 === 0 ? json(userDocument()) : text('', 502))(response, seen, call),
    );
    const gateway = createServerGateway({ datadog }, { BREAKER_FAILURES: '2' });
    // Three tries fail, the next call goes well: never two calls that fail in a row.
    for (let i = 0; i < 2; i += 1) {
      assert.equal(codeOf(await gateway.query(QUERY)), 'UPSTREAM_UNAVAILABLE');
      dataOf(await gateway.query(QUERY));
    }
    assert.equal(datadog.seen.length, 8);
  });

  for (const [name, script] of [
    ['4xx', json({ errors: ['Forbidden'] }, 403)],
    ['429', text('', 429, { 'retry-after': '60' })],
    ['an answer of the wrong shape', json([])],
  ] as const) {
    test(`never opens on ${name}`, async () => {
      await using datadog = await startUpstream(script);
      const gateway = createServerGateway({ datadog }, ENVIRONMENT);
      for (let i = 0; i < 6; i += 1) await gateway.query(QUERY);
      assert.equal(datadog.seen.length, 6);
    });
  }

  for (const [name, script] of [
    ['timeouts', () => {}],
    ['connection failures', (response) => void response.destroy()],
  ] as readonly [string, Script][]) {
    test(`opens on ${name}`, async () => {
      await using datadog = await startUpstream(script);
      const gateway = createServerGateway(
        { datadog },
        { ...ENVIRONMENT, UPSTREAM_TIMEOUT_MS: '50' },
      );
      for (let i = 0; i < 5; i += 1) await gateway.query(QUERY);
      assert.equal(datadog.seen.length, 3);
    });
  }

  test('never opens on a caller’s cancellation', async () => {
    await using datadog = await startUpstream(() => {});
    const gateway = createServerGateway({ datadog }, ENVIRONMENT);
    for (let i = 0; i < 5; i += 1) {
      const caller = new AbortController();
      const answer = assert.rejects(gateway.query(QUERY, { signal: caller.signal }));
      while (datadog.seen.length === i) await nextTurn();
      caller.abort();
      await answer;
    }
    assert.equal(datadog.seen.length, 5);
  });

  test('belongs to one provider and one base URL', async () => {
    await using datadog = await startUpstream(text('', 503));
    await using heygen = await startUpstream(json(v1()));
    const gateway = createServerGateway({ datadog, heygen }, ENVIRONMENT);
    for (let i = 0; i < 5; i += 1) await gateway.query(QUERY);
    dataOf(await gateway.query('{ viewer { heygen { id } } }'));
  });

  test('lets one call probe: others are refused at once, and a probe whose caller left shows nothing', async () => {
    mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
    try {
      const breaker = createBreaker(1, 10_000);
      const good = { status: 200 } as Reply;
      const refused = (error: unknown) => error instanceof UpstreamFailure && error.kind === 'open';
      await breaker.execute(async () => ({ status: 500 }) as Reply);
      await assert.rejects(
        breaker.execute(async () => good),
        refused,
      );

      mock.timers.tick(10_000);
      const probe = Promise.withResolvers<Reply>();
      const probing = breaker.execute(() => probe.promise);
      await assert.rejects(
        breaker.execute(async () => good),
        refused,
      );
      probe.reject(new UpstreamFailure('cancelled', 'the caller went away'));
      await assert.rejects(probing);
      await assert.rejects(
        breaker.execute(async () => good),
        refused,
      );

      mock.timers.tick(10_000);
      assert.equal(await breaker.execute(async () => good), good);
      assert.equal(await breaker.execute(async () => good), good);
    } finally {
      mock.timers.reset();
    }
  });
});

describe('the retry budget', () => {
  test('grants a floor of 5 in 10 seconds, then a share of the calls', () => {
    mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
    try {
      const budget = new RetryBudget(0.1);
      const granted = (asked: number) =>
        Array.from({ length: asked }, () => budget.takeRetry()).filter(Boolean).length;
      budget.countCall();
      assert.equal(granted(20), 5);
      for (let i = 0; i < 199; i += 1) budget.countCall();
      assert.equal(granted(100), 15, '10% of 200 calls, of which 5 are taken');
      mock.timers.tick(5_000);
      assert.equal(granted(1), 0);
      mock.timers.tick(6_000);
      assert.equal(granted(20), 5, 'what is long ago counts no more');
    } finally {
      mock.timers.reset();
    }
  });

  test('is shared by all callers of a provider', async () => {
    await using datadog = await startUpstream(text('', 500));
    const gateway = createServerGateway({ datadog }, { BREAKER_FAILURES: '1000' });
    await Promise.all(Array.from({ length: 4 }, () => gateway.query(QUERY)));
    assert.ok(datadog.seen.length >= 3, 'one shared call of three tries');
    for (let i = 0; i < 16; i += 1) await gateway.query(QUERY);
    // 17 calls, or 20 where the first four were not at the same time, and five retries.
    assert.ok(datadog.seen.length <= 25, `${datadog.seen.length} tries`);
    assert.ok(datadog.seen.length >= 22, `${datadog.seen.length} tries`);
  });
});

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
    assert.equal(retryDelay(1, 7), 7_000);
  });

  test('headers that say when are read in every form, within a floor and a cap', () => {
    const now = Date.parse('2026-07-03T13:37:00Z');
    const seconds = (headers: Record<string, string>) => retryAfterSeconds(429, headers, now);
    assert.equal(seconds({ 'retry-after': '30' }), 30);
    assert.equal(seconds({ 'retry-after': '1.2' }), 2);
    assert.equal(seconds({ 'retry-after': 'Fri, 03 Jul 2026 13:38:00 GMT' }), 60);
    assert.equal(seconds({ 'retry-after': 'Fri, 03 Jul 2026 13:36:00 GMT' }), 1);
    assert.equal(seconds({ 'retry-after': '0' }), 1);
    assert.equal(seconds({ 'retry-after': '99999999999' }), 86_400);
    assert.equal(seconds({ 'x-ratelimit-reset': '0' }), 1);
    assert.equal(seconds({ 'x-ratelimit-reset': '17' }), 17);
    assert.equal(seconds({ 'retry-after': 'soon', 'x-ratelimit-reset': '17' }), 17);
    for (const garbage of ['', '-5', 'NaN', 'soon', '1e9', '0x10', 'Infinity']) {
      assert.equal(
        seconds({ 'retry-after': garbage, 'x-ratelimit-reset': garbage }),
        undefined,
        garbage,
      );
    }
  });
});

describe('the bulkhead', () => {
  test('bounds what is under way and what waits; the rest is refused at once', async () => {
    const waiting: (() => void)[] = [];
    await using datadog = await startUpstream((...call) => {
      waiting.push(() => json(userDocument())(...call));
    });
    const gateway = createGateway({
      CREDENTIALS: 'request',
      DATADOG_API_URL: datadog.url,
      UPSTREAM_CONCURRENCY: '2',
      UPSTREAM_QUEUE: '3',
    });
    const answers = Array.from({ length: 8 }, (_, i) =>
      gateway.query(QUERY, { headers: { 'DD-API-KEY': `key-${i}`, 'DD-APPLICATION-KEY': 'k' } }),
    );
    const refused = await Promise.all(answers.slice(5));
    for (const { errors } of refused) {
      assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_UNAVAILABLE');
      assert.match(errors?.[0]?.message ?? '', /too many calls to it are waiting/);
    }
    while (waiting.length < 2) await nextTurn();
    assert.equal(datadog.seen.length, 2);
    const done = Promise.all(answers.slice(0, 5)).then((all) => all.map(dataOf));
    for (let served = 0; served < 5; served += 1) {
      while (waiting.length === 0) await nextTurn();
      assert.ok(datadog.seen.length - served <= 2, 'never more than two under way');
      waiting.shift()?.();
    }
    await done;
  });

  test('the deadline covers the wait for a place', async () => {
    await using datadog = await startUpstream(() => {});
    const gateway = createGateway({
      CREDENTIALS: 'request',
      DATADOG_API_URL: datadog.url,
      UPSTREAM_CONCURRENCY: '1',
      UPSTREAM_DEADLINE_MS: '1000',
      UPSTREAM_TIMEOUT_MS: '10000',
    });
    const ask = async (key: string) => {
      const started = performance.now();
      const headers = { 'DD-API-KEY': key, 'DD-APPLICATION-KEY': key };
      return {
        code: codeOf(await gateway.query(QUERY, { headers })),
        took: performance.now() - started,
      };
    };
    const first = ask('a');
    await delay(500);
    const second = await ask('b');
    assert.deepEqual([(await first).code, second.code], ['UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT']);
    // Half of its time went by before the first one gave its place back.
    assert.ok(second.took < 1_400, `took ${second.took} ms`);
  });

  test('nobody is asked once the deadline has passed', async () => {
    await using datadog = await startUpstream(json(userDocument()));
    const { upstream: settings } = readConfig({});
    const upstream = new Upstream(
      { ...settings, deadlineMs: 0 },
      createTransport(settings.proxy),
      new DocumentMemory(0),
    );
    const url = new URL(datadog.url);
    const { signal } = new AbortController();
    const reports: unknown[] = [];
    const report = (told: unknown) => reports.push(told);
    await assert.rejects(upstream.get(url, { url, credential: 'a', headers: {}, signal, report }), {
      kind: 'timeout',
    });
    assert.deepEqual([datadog.seen.length, reports], [0, []]);
  });

  test('a caller who leaves gives the place back at once, also while a retry is waited for', async () => {
    await using datadog = await startUpstream((response, seen, call) =>
      (call === 1 ? text('', 429, { 'retry-after': '8' }) : json(userDocument()))(
        response,
        seen,
        call,
      ),
    );
    const gateway = createServerGateway(
      { datadog },
      { UPSTREAM_CONCURRENCY: '1', UPSTREAM_QUEUE: '0' },
    );
    const caller = new AbortController();
    const answer = assert.rejects(gateway.query(QUERY, { signal: caller.signal }));
    while (datadog.seen.length === 0) await nextTurn();
    await delay(50);
    caller.abort();
    await answer;
    dataOf(await gateway.query(QUERY));
  });

  test('a hanging HeyGen leaves Datadog its places', async () => {
    await using datadog = await startUpstream(json(userDocument()));
    await using heygen = await startUpstream(() => {});
    const gateway = createServerGateway(
      { datadog, heygen },
      { UPSTREAM_CONCURRENCY: '1', UPSTREAM_QUEUE: '0', UPSTREAM_DEADLINE_MS: '400' },
    );
    const hanging = gateway.query('{ viewer { heygen { id } } }');
    while (heygen.seen.length === 0) await nextTurn();
    dataOf(await gateway.query(QUERY));
    assert.equal(codeOf(await hanging), 'UPSTREAM_TIMEOUT');
  });
});

describe('a call that nobody waits for any more is dropped', () => {
  /** Begins a body and never ends it; resolves when the connection is closed. */
  async function hangingDatadog() {
    const closed = Promise.withResolvers<void>();
    const upstream = await startUpstream((response) => {
      response.writeHead(200).write('{');
      response.once('close', () => closed.resolve());
    });
    return { upstream, closed: closed.promise };
  }

  for (const variable of ['UPSTREAM_TIMEOUT_MS', 'UPSTREAM_DEADLINE_MS']) {
    test(`after ${variable}`, { timeout: 10_000 }, async () => {
      const { upstream, closed } = await hangingDatadog();
      await using datadog = upstream;
      const gateway = createServerGateway({ datadog }, { [variable]: '100' });
      assert.equal(codeOf(await gateway.query(QUERY)), 'UPSTREAM_TIMEOUT');
      await closed;
    });
  }

  test('when its caller leaves', { timeout: 10_000 }, async () => {
    const { upstream, closed } = await hangingDatadog();
    await using datadog = upstream;
    const caller = new AbortController();
    const answer = assert.rejects(
      createServerGateway({ datadog }).query(QUERY, { signal: caller.signal }),
    );
    while (datadog.seen.length === 0) await nextTurn();
    caller.abort();
    await answer;
    await closed;
  });
});

describe('single flight', () => {
  const withKey = (key: string) => ({ headers: { 'DD-API-KEY': key, 'DD-APPLICATION-KEY': key } });

  test('the same credentials share one call, others never do', async () => {
    await using datadog = await startUpstream((response, seen, call) => {
      const name = String(seen.headers['dd-api-key']);
      setTimeout(() => json(userDocument({ attributes: { name } }))(response, seen, call), 50);
    });
    const gateway = createGateway({ CREDENTIALS: 'request', DATADOG_API_URL: datadog.url });
    const keys = ['a', 'b', 'a', 'a', 'b', 'c'];
    const answers = await Promise.all(
      keys.map((key) => gateway.query('{ viewer { datadog { name } } }', withKey(key))),
    );
    assert.deepEqual(
      answers.map((answer) => dataOf(answer).viewer.datadog.name),
      keys,
    );
    assert.equal(datadog.seen.length, 3);
    // Only what is under way is shared: the next request asks again.
    await gateway.query('{ viewer { datadog { name } } }', withKey('a'));
    assert.equal(datadog.seen.length, 4);
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
    await assert.rejects(first ?? Promise.resolve(), /the caller went away/);
    assert.equal(cancelled, false);
    callers[1]?.abort();
    await assert.rejects(second ?? Promise.resolve());
    assert.equal(cancelled, false);
    callers[2]?.abort();
    await assert.rejects(third ?? Promise.resolve());
    assert.equal(cancelled, true);
    assert.equal(calls, 1);

    // Who comes then does not join what was cancelled.
    const late = flights.join('key', new AbortController().signal, call);
    assert.equal(calls, 2);
    landing.resolve('landed');
    assert.equal(await late, 'landed');
  });
});

describe('on the wire', () => {
  test('gzip is asked for, and decoded', async () => {
    const { gzipSync } = await import('node:zlib');
    await using datadog = await startUpstream((response, { headers }) => {
      assert.equal(headers['accept-encoding'], 'gzip');
      response
        .writeHead(200, { 'content-encoding': 'gzip' })
        .end(gzipSync(JSON.stringify(userDocument())));
    });
    dataOf(await createServerGateway({ datadog }).query(QUERY));
  });

  test('HTTPS_PROXY and NO_PROXY are honoured', async () => {
    const { createServer } = await import('node:http');
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url);
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
    assert.equal(codeOf(await createGateway(environment).query(query)), 'UPSTREAM_UNAVAILABLE');
    assert.deepEqual(asked, ['heygen.invalid:443']);
    const direct = createGateway({ ...environment, NO_PROXY: 'heygen.invalid' });
    assert.equal(codeOf(await direct.query(query)), 'UPSTREAM_UNAVAILABLE');
    assert.equal(asked.length, 1);
    proxy.close();
  });

  test('loopback is never behind a proxy', async () => {
    await using heygen = await startUpstream(json(v1()));
    const gateway = createServerGateway({ heygen }, { HTTP_PROXY: 'http://127.0.0.1:9' });
    dataOf(await gateway.query('{ viewer { heygen { id } } }'));
  });
});

test('bad limits are told like any other variable', () => {
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
