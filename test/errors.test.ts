import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as datadogFixtures from './fixtures/datadog.ts';
import * as heygenFixtures from './fixtures/heygen.ts';
import { createServerGateway, dataOf } from './support/gateway.ts';
import { inTurn, json, type Script, startUpstream, text } from './support/upstream.ts';

const QUERY = '{ viewer { providers users { id } datadog { id roles { id } } heygen { id } } }';

const HTML = `<html><body>${'<p>The server made a mistake.</p>'.repeat(2000)}</body></html>`;

interface Expected {
  readonly code: string;
  readonly status?: number;
  readonly retryAfter?: number;
  readonly says?: RegExp;
  readonly tries?: number;
}

/** Datadog answers so, HeyGen well: the errors are Datadog's and the rest is served. */
async function assertDatadogFails(script: Script, expected: Expected) {
  await using datadog = await startUpstream(script);
  await using heygen = await startUpstream(json(heygenFixtures.v1()));
  const { status, data, errors } = await createServerGateway({ datadog, heygen }).query(QUERY);
  const { USERNAME } = heygenFixtures;
  assert.deepEqual(data.viewer, {
    providers: ['DATADOG', 'HEYGEN'],
    users: [null, { id: USERNAME }],
    datadog: null,
    heygen: { id: USERNAME },
  });
  assertErrors({ status, errors }, 'DATADOG', ['viewer.users.0', 'viewer.datadog'], expected);
  assert.equal(datadog.seen.length, expected.tries ?? 1);
}

/** HeyGen answers so, Datadog well. */
async function assertHeyGenFails(
  script: Script,
  expected: Expected,
  environment: Record<string, string> = { HEYGEN_API_VERSION: 'v1' },
) {
  await using datadog = await startUpstream(json(datadogFixtures.userDocument()));
  await using heygen = await startUpstream(script);
  const gateway = createServerGateway({ datadog, heygen }, environment);
  const { status, data, errors } = await gateway.query(QUERY);
  assert.deepEqual(data.viewer.users, [{ id: datadogFixtures.USER_ID }, null]);
  assertErrors({ status, errors }, 'HEYGEN', ['viewer.users.1', 'viewer.heygen'], expected);
  assert.equal(heygen.seen.length, expected.tries ?? 1);
}

function assertErrors(
  { status, errors = [] }: { status: number; errors?: readonly any[] | undefined },
  provider: string,
  paths: readonly string[],
  expected: Expected,
) {
  assert.equal(status, 200);
  // Once for each place that asked for the provider, not once for every field below it.
  assert.deepEqual(errors.map(({ path }) => path.join('.')).sort(), [...paths].sort());
  for (const { extensions, message } of errors) {
    const { code, status: upstreamStatus, retryAfter, says } = expected;
    assert.deepEqual(extensions, {
      code,
      provider,
      ...(upstreamStatus !== undefined && { status: upstreamStatus }),
      ...(retryAfter !== undefined && { retryAfter }),
    });
    assert.match(message, says ?? /./);
    assert.doesNotMatch(message, /127\.0\.0\.1|fictional-|<html|\n/);
    assert.ok(message.length < 800, message);
  }
}

describe('an answer of Datadog that is an error', () => {
  const cases: readonly (readonly [string, Script, Expected])[] = [
    [
      '401',
      json({ errors: ['Unauthorized'] }, 401),
      { code: 'UPSTREAM_UNAUTHENTICATED', status: 401, says: /Unauthorized.*Check that both keys/ },
    ],
    [
      '401 with a body that cannot be decoded',
      text('x', 401, { 'content-encoding': 'br' }),
      { code: 'UPSTREAM_UNAUTHENTICATED', status: 401 },
    ],
    [
      '403, which also means a wrong key',
      json({ errors: ['Access was denied to this resource.'] }, 403),
      { code: 'UPSTREAM_FORBIDDEN', status: 403, says: /Access was denied.*wrong key/ },
    ],
    [
      '403 of the edge',
      json(
        {
          status: 'error',
          code: 403,
          errors: ['Forbidden'],
          statuspage: 'http://status.example',
          email: 'x@y.example',
        },
        403,
      ),
      { code: 'UPSTREAM_FORBIDDEN', status: 403, says: /Forbidden/ },
    ],
    [
      '404',
      json({ errors: ['user not found'] }, 404),
      { code: 'UPSTREAM_NOT_FOUND', status: 404, says: /user not found/ },
    ],
    ['410', text('gone', 410), { code: 'UPSTREAM_NOT_FOUND', status: 410 }],
    [
      '400 with an error object',
      json({ errors: [{ title: 'Generic Error', detail: 'the detail' }] }, 400),
      { code: 'UPSTREAM_REJECTED', status: 400, says: /Generic Error: the detail/ },
    ],
    [
      '418 with errors of other shapes',
      json({ errors: [42, null, {}, []] }, 418),
      { code: 'UPSTREAM_REJECTED', status: 418, says: /HTTP 418\)/ },
    ],
    [
      'a redirect',
      text('', 302, { location: 'http://127.0.0.1:1/' }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 302 },
    ],
    ['500 in HTML', text(HTML, 500), { code: 'UPSTREAM_UNAVAILABLE', status: 500, tries: 3 }],
    [
      '502 of the edge',
      json({ status: 'error', code: 502, errors: ['Bad Gateway'] }, 502),
      { code: 'UPSTREAM_UNAVAILABLE', status: 502, says: /Bad Gateway/, tries: 3 },
    ],
    ['501, which no retry mends', text('', 501), { code: 'UPSTREAM_UNAVAILABLE', status: 501 }],
    [
      '429 that says when, beyond the deadline',
      json({ errors: ['Too many requests'] }, 429, { 'x-ratelimit-reset': '42' }),
      {
        code: 'UPSTREAM_RATE_LIMITED',
        status: 429,
        retryAfter: 42,
        says: /Try again in 42 seconds/,
      },
    ],
    [
      '429 with Retry-After, which wins',
      text('', 429, { 'retry-after': '3600', 'x-ratelimit-reset': '1' }),
      { code: 'UPSTREAM_RATE_LIMITED', status: 429, retryAfter: 3600 },
    ],
    [
      '429 with garbage',
      text('', 429, { 'retry-after': 'soon', 'x-ratelimit-reset': '-5' }),
      { code: 'UPSTREAM_RATE_LIMITED', status: 429, tries: 3 },
    ],
    [
      '200 without a body',
      text(''),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200, says: /not JSON/ },
    ],
    [
      '200 in HTML',
      text(HTML),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200, says: /not JSON/ },
    ],
    ['200 null', json(null), { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 }],
    ['200 with a list', json([]), { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 }],
    ['200 without data', json({ data: null }), { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 }],
    [
      '200 with a resource of another type',
      json({ data: { type: 'orgs', id: 'a' } }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 },
    ],
    [
      '200 with an id that is no text',
      json({ data: { type: 'users', id: 7 } }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 },
    ],
    [
      '200 with attributes that are no object',
      json({ data: { type: 'users', id: 'a', attributes: [] } }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200, says: /attributes/ },
    ],
    [
      '200 with included that is no list',
      json({ data: { type: 'users', id: 'a' }, included: {} }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200, says: /included/ },
    ],
    [
      '200 cut short',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"data":');
        setImmediate(() => response.destroy());
      },
      { code: 'UPSTREAM_UNAVAILABLE', tries: 3 },
    ],
    [
      'a connection that is reset',
      (response) => {
        response.destroy();
      },
      { code: 'UPSTREAM_UNAVAILABLE', tries: 3 },
    ],
    [
      'an encoding that was not asked for',
      text('x', 200, { 'content-encoding': 'br' }),
      { code: 'UPSTREAM_INVALID_RESPONSE' },
    ],
    [
      'gzip that is none',
      text('x', 200, { 'content-encoding': 'gzip' }),
      { code: 'UPSTREAM_INVALID_RESPONSE' },
    ],
  ];
  for (const [name, script, expected] of cases) {
    test(name, () => assertDatadogFails(script, expected));
  }

  test('no server at all', async () => {
    const gateway = createServerGateway(
      {},
      { DD_API_KEY: 'a', DD_APP_KEY: 'b', DATADOG_API_URL: 'http://127.0.0.1:9/' },
    );
    const { errors } = await gateway.query('{ viewer { datadog { id } } }');
    assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_UNAVAILABLE');
    assert.match(errors?.[0]?.message ?? '', /ECONNREFUSED/);
  });

  test('a passing fault is retried', async () => {
    const flaky = inTurn(
      text('', 503),
      (response) => void response.destroy(),
      json(datadogFixtures.userDocument()),
    );
    await using datadog = await startUpstream(flaky);
    dataOf(await createServerGateway({ datadog }).query('{ viewer { datadog { id } } }'));
    assert.equal(datadog.seen.length, 3);
  });

  test('a passing fault is retried soon, whatever the rate limit of another answer would say', async () => {
    const headers = { 'x-ratelimit-limit': '100', 'x-ratelimit-reset': '42' };
    await using datadog = await startUpstream(
      inTurn(text('', 503, headers), json(datadogFixtures.userDocument())),
    );
    dataOf(await createServerGateway({ datadog }).query('{ viewer { datadog { id } } }'));
    assert.equal(datadog.seen.length, 2);
  });

  test('what the vendor echoes of a key is blotted out', async () => {
    const echo: Script = (response, seen, call) =>
      json(
        {
          errors: [
            `key ${seen.headers['dd-api-key']}/${seen.headers['dd-application-key']} is\u0000 bad\n`,
          ],
        },
        400,
      )(response, seen, call);
    await assertDatadogFails(echo, {
      code: 'UPSTREAM_REJECTED',
      status: 400,
      says: /key \[redacted\]\/\[redacted\] is bad\)/,
    });
  });

  test('the vendor’s words are bounded', async () => {
    await assertDatadogFails(json({ errors: ['word '.repeat(100_000)] }, 400), {
      code: 'UPSTREAM_REJECTED',
      status: 400,
    });
  });
});

describe('an answer of HeyGen that is an error', () => {
  const cases: readonly (readonly [string, Script, Expected])[] = [
    [
      '401',
      json({ code: 400112, message: 'Unauthorized' }, 401),
      { code: 'UPSTREAM_UNAUTHENTICATED', status: 401, says: /Unauthorized.*API key/ },
    ],
    [
      'a known code wins over the status',
      json({ code: 400573, message: 'denied' }, 401),
      { code: 'UPSTREAM_FORBIDDEN', status: 401, says: /denied/ },
    ],
    ...(
      [
        [40009, 'UPSTREAM_UNAUTHENTICATED'],
        [401057, 'UPSTREAM_UNAUTHENTICATED'],
        [401056, 'UPSTREAM_UNAUTHENTICATED'],
        [400101, 'UPSTREAM_NOT_FOUND'],
        [400562, 'UPSTREAM_FORBIDDEN'],
        [400631, 'UPSTREAM_FORBIDDEN'],
        [40001, 'UPSTREAM_REJECTED'],
      ] as const
    ).map(
      ([number, code]) =>
        [
          `200 with code ${number}`,
          json({ code: number, msg: 'why' }),
          { code, status: 200, says: /why/ },
        ] as const,
    ),
    [
      '200 with an unknown code',
      json({ code: 400999, msg: null, message: 'what?' }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200, says: /what\?/ },
    ],
    [
      'an unknown code leaves it to the status',
      json({ code: 400999 }, 403),
      { code: 'UPSTREAM_FORBIDDEN', status: 403 },
    ],
    [
      'a text is no code',
      json({ code: 'internal_error', message: 'Unauthorized' }, 401),
      { code: 'UPSTREAM_UNAUTHENTICATED', status: 401 },
    ],
    [
      'code 100 with data null',
      json(heygenFixtures.v1(null)),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 },
    ],
    [
      'code 100 with a list',
      json(heygenFixtures.v1([])),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 },
    ],
    [
      'code 100 without a username',
      json(heygenFixtures.v1({ email: 'a@b.example' })),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 },
    ],
    [
      'code "100", a text',
      json({ ...heygenFixtures.v1(), code: '100' }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 },
    ],
    [
      'no code',
      json({ data: heygenFixtures.user }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 },
    ],
    [
      'error object',
      json({ data: null, error: { code: 'x', message: 'the message' } }, 400),
      { code: 'UPSTREAM_REJECTED', status: 400, says: /the message/ },
    ],
    [
      'error text',
      json({ error: 'the text' }, 400),
      { code: 'UPSTREAM_REJECTED', status: 400, says: /the text/ },
    ],
    [
      'detail',
      json({ detail: 'the detail' }, 404),
      { code: 'UPSTREAM_NOT_FOUND', status: 404, says: /the detail/ },
    ],
    [
      '429',
      json({ code: 'rate_limit_exceeded', message: 'slow down' }, 429, { 'retry-after': '30' }),
      { code: 'UPSTREAM_RATE_LIMITED', status: 429, retryAfter: 30, says: /slow down/ },
    ],
    ['500', json(null, 500), { code: 'UPSTREAM_UNAVAILABLE', status: 500, tries: 3 }],
    ['200 in HTML', text(HTML), { code: 'UPSTREAM_INVALID_RESPONSE', status: 200 }],
    [
      'a redirect',
      text('', 307, { location: '/elsewhere' }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 307 },
    ],
    [
      'the key echoed',
      (response, seen, call) =>
        json({ message: `bad ${seen.headers['x-api-key']}` }, 400)(response, seen, call),
      { code: 'UPSTREAM_REJECTED', status: 400, says: /bad \[redacted\]/ },
    ],
  ];
  for (const [name, script, expected] of cases) {
    test(name, () => assertHeyGenFails(script, expected));
  }

  test('both routes gone: the error is v3’s', () =>
    assertHeyGenFails(
      (response, seen, call) =>
        (seen.path === '/v1/user/me'
          ? text('gone', 410)
          : json({ error: { code: 'x', message: 'v3 says no' } }, 401))(response, seen, call),
      { code: 'UPSTREAM_UNAUTHENTICATED', status: 401, says: /v3 says no/, tries: 2 },
      {},
    ));

  test('a 404 with a code of HeyGen’s is no retired route', () =>
    assertHeyGenFails(
      json({ code: 400101, message: 'user not found' }, 404),
      { code: 'UPSTREAM_NOT_FOUND', status: 404 },
      {},
    ));

  test('v3’s error within HTTP 200', () =>
    assertHeyGenFails(
      json({ error: { code: 'x', message: 'no' } }),
      { code: 'UPSTREAM_INVALID_RESPONSE', status: 200, says: /no/ },
      { HEYGEN_API_VERSION: 'v3' },
    ));
});

test('both providers failing is still an answer', async () => {
  await using datadog = await startUpstream(json({ errors: ['Unauthorized'] }, 401));
  await using heygen = await startUpstream(json({ code: 400112 }, 401));
  const { status, data, errors } = await createServerGateway({ datadog, heygen }).query(QUERY);
  assert.equal(status, 200);
  assert.deepEqual(data.viewer, {
    providers: ['DATADOG', 'HEYGEN'],
    users: [null, null],
    datadog: null,
    heygen: null,
  });
  assert.equal(errors?.length, 4);
});
