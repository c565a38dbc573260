import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shortenWaits, stopClock, stopTime } from './support/clock.ts';
import { codesOf } from './support/rolecall.ts';
import { DATADOG_QUERY, entryOf, QUERY, startWithBroker } from './support/stored-credentials.ts';
import { json, type Script, text } from './support/upstream.ts';

const UNAVAILABLE = 'CREDENTIALS_UNAVAILABLE';
const MESSAGE =
  'Your credentials could not be fetched. Try again; if the problem persists, contact the operator of this server.';
const NO_RETRIES = { UPSTREAM_RETRIES: '0' };

async function start(more: Readonly<Record<string, string>> = NO_RETRIES) {
  const rolecall = await startWithBroker({ ada: entryOf('ada'), bob: entryOf('bob') }, more);
  return {
    ...rolecall,
    /** What the log says of the broker. */
    news: () =>
      rolecall
        .lines()
        .filter(({ msg }) => /CREDENTIALS_URL/.test(msg))
        .map(({ level, msg, reason }) => [level, msg, reason]),
  };
}

describe('where the broker fails, nobody is connected and everybody is told:', () => {
  const FAULTS: readonly (readonly [string, Script, RegExp])[] = [
    ['500', json({ error: 'MARKEDKEY' }, 500), /is unavailable \(HTTP 500\)/],
    [
      '401',
      json({ error: 'MARKEDKEY' }, 401),
      /rejected the credentials \(HTTP 401\)\. Check CREDENTIALS_URL_TOKEN\./,
    ],
    [
      '403',
      json({ error: 'MARKEDKEY' }, 403),
      /denied access \(HTTP 403\)\. Check CREDENTIALS_URL_TOKEN\./,
    ],
    ['400', json({ message: 'MARKEDKEY' }, 400), /rejected the request \(HTTP 400\)/],
    ['410', json({}, 410), /did not find the resource \(HTTP 410\)/],
    ['429', json({}, 429, { 'retry-after': '7' }), /is rate limiting requests \(HTTP 429\)/],
    [
      'a redirect',
      json({}, 302, { location: 'https://other.example/' }),
      /unusable response \(HTTP 302\)/,
    ],
    ['an empty body', (response) => response.writeHead(204).end(), /it is not JSON/],
    ['HTML', text('<p>MARKEDKEY</p>'), /it is not JSON/],
    ['a list', json(['MARKEDKEY']), /it must be an object/],
    ['no key', json({ datadog: { apiKey: 'MARKEDKEY' } }), /datadog\.appKey must be a key/],
    [
      'an unknown member',
      json({ heygen: { apiKey: 'a', MARKEDKEY: 'b' } }),
      /heygen must have no members other than apiKey/,
    ],
    [
      'an expiry that is no number',
      json({ expiresIn: 'MARKEDKEY' }),
      /expiresIn must be a number of seconds/,
    ],
    ['an expiry in the past', json({ expiresIn: -1 }), /expiresIn must not be negative/],
    ['an endless body', text('x'.repeat(5 * 1024 ** 2)), /larger than 4194304 bytes/],
    ['a cut connection', (response) => response.destroy(), /the connection failed/],
  ];

  for (const [what, script, reason] of FAULTS) {
    test(what, async () => {
      await using rolecall = await start();
      rolecall.broker.state.script = script;
      const response = await rolecall.ask(
        'ada',
        '{ viewer { datadog { name } heygen { username } users { id } } }',
      );
      assert.equal(response.status, 200);
      assert.deepEqual(response.data, {
        viewer: { datadog: null, heygen: null, users: [null, null] },
      });
      assert.deepEqual(
        response.errors?.map(({ path, message, extensions }) => [
          path?.join('.'),
          message,
          extensions,
        ]),
        [
          ['viewer.datadog', MESSAGE, { code: UNAVAILABLE, provider: 'DATADOG' }],
          ['viewer.heygen', MESSAGE, { code: UNAVAILABLE, provider: 'HEYGEN' }],
          ['viewer.users.0', MESSAGE, { code: UNAVAILABLE, provider: 'DATADOG' }],
          ['viewer.users.1', MESSAGE, { code: UNAVAILABLE, provider: 'HEYGEN' }],
        ],
      );
      const [[level, msg, said] = [], ...more] = rolecall.news();
      assert.deepEqual(
        [level, msg, more],
        [40, 'credentials not fetched from CREDENTIALS_URL', []],
      );
      assert.match(said, reason);
      assert.doesNotMatch(rolecall.log(), /MARKEDKEY/);
      const { datadog, heygen } = rolecall.vendors;
      assert.equal(datadog.seen.length + heygen.seen.length, 0);
    });
  }

  test('providers, which cannot be known then, is an error with HTTP 200', async () => {
    await using rolecall = await start();
    rolecall.broker.state.script = json({}, 500);
    const response = await rolecall.ask('ada', QUERY);
    assert.equal(response.status, 200);
    assert.equal(response.data, null);
    const [{ path, message, extensions } = assert.fail()] = response.errors ?? [];
    assert.deepEqual(path, ['viewer', 'providers']);
    assert.equal(message, MESSAGE);
    assert.deepEqual(extensions, { code: UNAVAILABLE });
  });

  test('entities of /subgraph are an error each', async () => {
    await using rolecall = await start();
    rolecall.broker.state.script = json({}, 500);
    const response = await rolecall.fetch('http://rolecall.example/subgraph', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${rolecall.issuer.sign({ sub: 'ada' })}`,
      },
      body: JSON.stringify({
        query:
          '{ _entities(representations: [{ __typename: "DatadogUser", id: "x" }]) { ... on DatadogUser { name } } }',
      }),
    });
    const body = await response.json();
    assert.deepEqual(body.data, { _entities: [null] });
    assert.equal(body.errors[0].extensions.code, UNAVAILABLE);
  });
});

test('a call to the broker is repeated like a vendor’s, and is in the log', async () => {
  using _ = shortenWaits();
  await using rolecall = await start({});
  const good = json(entryOf('ada'));
  rolecall.broker.state.script = (...call) => (call[2] < 3 ? json({}, 503) : good)(...call);
  assert.equal(await rolecall.nameOf('ada'), 'ada 1');
  assert.equal(rolecall.broker.seen.length, 3);
  const { upstream } = rolecall.lines().find(({ msg }) => msg === 'operation');
  assert.deepEqual(
    upstream.map(({ provider, status, attempts }: any) => [provider, status, attempts]),
    [
      ['CREDENTIALS', 200, 3],
      ['DATADOG', 200, 1],
    ],
  );
});

test('a broker that hangs is waited for until the deadline', async () => {
  await using rolecall = await start();
  const arrived = Promise.withResolvers<void>();
  rolecall.broker.state.script = () => arrived.resolve();
  using time = stopTime();
  const asked = rolecall.ask('ada', DATADOG_QUERY);
  await arrived.promise;
  time.advance(10_000);
  assert.equal(codesOf(await asked)['viewer.datadog'], UNAVAILABLE);
  assert.match(rolecall.news()[0]?.[2], /did not respond in time/);
});

test('while the broker is down, what is remembered serves until its time is over', async () => {
  using clock = stopClock();
  await using rolecall = await start();
  assert.equal(await rolecall.nameOf('ada'), 'ada 1');
  rolecall.broker.state.script = json({}, 500);
  clock.advance(59_999);
  assert.equal(await rolecall.nameOf('ada'), 'ada 1');
  assert.equal(codesOf(await rolecall.ask('bob', DATADOG_QUERY))['viewer.datadog'], UNAVAILABLE);
  clock.advance(2);
  assert.equal(codesOf(await rolecall.ask('ada', DATADOG_QUERY))['viewer.datadog'], UNAVAILABLE);
  rolecall.broker.state.script = undefined;
  assert.equal(await rolecall.nameOf('ada'), 'ada 1');
  assert.equal(await rolecall.nameOf('bob'), 'bob 1');
  // A line when it goes, and one when it comes back.
  assert.deepEqual(
    rolecall.news().map(([, msg]) => msg),
    ['credentials not fetched from CREDENTIALS_URL', 'credentials fetched from CREDENTIALS_URL'],
  );
});

test('one person for whom the broker fails does not flood the log', async () => {
  using clock = stopClock();
  await using rolecall = await start({ ...NO_RETRIES, CREDENTIALS_TTL_SECONDS: '0' });
  const bad = json({}, 400);
  const good = json(entryOf('bob'));
  rolecall.broker.state.script = (...call) =>
    (JSON.parse(call[1].body).subject === 'ada' ? bad : good)(...call);
  const ask = async () => {
    for (let count = 0; count < 5; count += 1) {
      await rolecall.ask('ada', DATADOG_QUERY);
      assert.equal(await rolecall.nameOf('bob'), 'bob 1');
    }
  };
  await ask();
  assert.equal(rolecall.news().length, 2);
  clock.advance(59_999);
  await ask();
  assert.equal(rolecall.news().length, 2);
  clock.advance(1);
  await ask();
  assert.deepEqual(
    rolecall.news().map(([level]) => level),
    [40, 30, 40, 30],
  );
});

test('a failure is not remembered', async () => {
  await using rolecall = await start();
  rolecall.broker.state.script = json({}, 400);
  await rolecall.ask('ada', DATADOG_QUERY);
  rolecall.broker.state.script = undefined;
  assert.equal(await rolecall.nameOf('ada'), 'ada 1');
});

test('one person for whom the broker fails opens its circuit breaker for nobody else', async () => {
  await using rolecall = await start();
  const bad = json({}, 500);
  const good = json(entryOf('bob'));
  rolecall.broker.state.script = (...call) =>
    (JSON.parse(call[1].body).subject === 'ada' ? bad : good)(...call);
  for (let count = 0; count < 12; count += 1) {
    assert.equal(codesOf(await rolecall.ask('ada', DATADOG_QUERY))['viewer.datadog'], UNAVAILABLE);
  }
  // Its own breaker is open, so that not every request waits.
  assert.ok(rolecall.broker.subjects().length < 12);
  assert.equal(await rolecall.nameOf('bob'), 'bob 1');
});
