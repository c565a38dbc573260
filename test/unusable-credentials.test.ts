import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { pino } from 'pino';
import { createServer } from '../src/server/index.ts';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { readConfig } from './support/config.ts';
import { rolecallOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const VIEWER = '{ viewer { providers users { provider } } }';
const BOTH_KEYS = /send Datadog’s keys as DD-API-KEY and DD-APPLICATION-KEY\.$/;
const HEYGEN_KEY = /send HeyGen’s key as X-HeyGen-Api-Key\.$/;

/** Sends a query with these headers six times, so that it is compiled too. Responses and log lines must be the same. */
async function ask(headers: Record<string, string>, query = VIEWER, environment = {}) {
  await using datadog = await startUpstream(json(userDocument()));
  await using heygen = await startUpstream(json(v1()));
  const logged: string[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  const server = createServer(
    readConfig({
      CREDENTIALS: 'request',
      DATADOG_API_URL: datadog.url,
      HEYGEN_API_URL: heygen.url,
      ...environment,
    }),
    pino(log),
    { isReady: true },
  );
  const bodies: any[] = [];
  for (let time = 0; time < 6; time += 1) {
    const response = await rolecallOf(server).fetch('http://rolecall.example/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    bodies.push(await response.json());
  }
  for (const body of bodies) assert.deepEqual(body, bodies[0]);
  const [{ data, errors = [] }] = bodies;
  const lines = logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'operation');
  assert.equal(lines.length, 6);
  for (const line of lines) assert.deepEqual(line.errors, lines[0].errors);
  return {
    viewer: data.viewer,
    errors: errors.map(({ path, message, extensions }: any) => ({
      path: path.join('.'),
      code: extensions.code,
      provider: extensions.provider,
      message,
    })),
    logged: lines[0].errors,
    calls: datadog.seen.length + heygen.seen.length,
  };
}

describe('credentials that cannot be used', () => {
  test('are a null user with the error, in the order of the enum, and no connected provider', async () => {
    const { viewer, errors, logged, calls } = await ask({
      'X-HeyGen-Api-Key': 'no key',
      'DD-API-KEY': 'alone',
    });
    assert.deepEqual(viewer, { providers: [], users: [null, null] });
    assert.deepEqual(
      errors.map(({ path, code, provider }: any) => [path, code, provider]),
      [
        ['viewer.users.0', 'CREDENTIALS_MISSING', 'DATADOG'],
        ['viewer.users.1', 'CREDENTIALS_INVALID', 'HEYGEN'],
      ],
    );
    assert.deepEqual(logged, ['CREDENTIALS_MISSING', 'CREDENTIALS_INVALID']);
    assert.equal(calls, 0);
  });

  test('stand beside the user of a provider that is connected', async () => {
    const { viewer, errors } = await ask({ 'X-HeyGen-Api-Key': 'key', 'DD-API-KEY': 'alone' });
    assert.deepEqual(viewer, { providers: ['HEYGEN'], users: [null, { provider: 'HEYGEN' }] });
    assert.deepEqual(
      errors.map(({ path }: any) => path),
      ['viewer.users.0'],
    );
  });

  test('are logged also where only the providers are asked for', async () => {
    const { viewer, errors, logged } = await ask(
      { 'DD-API-KEY': 'alone' },
      '{ viewer { providers } }',
    );
    assert.deepEqual({ viewer, errors }, { viewer: { providers: [] }, errors: [] });
    assert.deepEqual(logged, ['CREDENTIALS_MISSING']);
  });
});

describe('a header that looks like a key, without any that is one', () => {
  for (const [provider, says, names] of [
    [
      'DATADOG',
      BOTH_KEYS,
      [
        'DD-APP-KEY',
        'DD-SITE',
        'X-DD-API-KEY',
        'X-Datadog-Application-Key',
        'Datadog-Api-Key',
        'DD_API_KEY',
      ],
    ],
    [
      'HEYGEN',
      HEYGEN_KEY,
      ['X-Api-Key', 'Api-Key', 'apikey', 'HeyGen-Api-Key', 'X-HeyGen-Key', 'HEYGEN_API_KEY'],
    ],
  ] as const) {
    for (const name of names) {
      test(`${name} has an error that says what ${provider} needs`, async () => {
        const { viewer, errors, logged, calls } = await ask({ [name]: 'eu' });
        assert.deepEqual(viewer, { providers: [], users: [null] });
        assert.equal(errors.length, 1);
        assert.equal(errors[0].path, 'viewer.users.0');
        assert.deepEqual([errors[0].code, errors[0].provider], ['CREDENTIALS_MISSING', provider]);
        assert.match(errors[0].message, says);
        assert.match(errors[0].message, new RegExp(`^The header ${name} does not connect `, 'i'));
        assert.deepEqual(logged, ['CREDENTIALS_MISSING']);
        assert.equal(calls, 0);
      });
    }
  }

  test('is not minded beside a key of any provider, empty, or where it looks like none', async () => {
    for (const [headers, providers] of [
      [
        { 'X-HeyGen-Api-Key': 'key', 'DD-SITE': 'eu', 'X-Api-Key': 'for-somebody-else' },
        ['HEYGEN'],
      ],
      [{ 'DD-API-KEY': 'a', 'DD-APPLICATION-KEY': 'b', 'X-Api-Key': 'other' }, ['DATADOG']],
      [{ 'X-Api-Key': '' }, []],
      [{ 'X-Key': 'a', 'DD-Trace-Id': '1', 'X-Api-Key-Id': '1', 'X-Other-Api-Key': 'a' }, []],
    ] as const) {
      const { viewer, errors, logged } = await ask(headers);
      assert.deepEqual(viewer.providers, providers);
      assert.deepEqual({ errors, logged }, { errors: [], logged: [] });
    }
  });

  test('is not minded where the server has the keys', async () => {
    const { viewer, errors } = await ask({ 'X-Api-Key': 'a', 'DD-SITE': 'eu' }, VIEWER, {
      CREDENTIALS: 'server',
      HEYGEN_API_KEY: 'key',
    });
    assert.deepEqual(viewer.providers, ['HEYGEN']);
    assert.deepEqual(errors, []);
  });
});
