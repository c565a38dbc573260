import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as datadogFixtures from './fixtures/datadog.ts';
import { assertDatadogFails, type Expected, QUERY } from './support/failing-vendors.ts';
import { createRolecallFor, dataOf } from './support/rolecall.ts';
import { inTurn, json, type Script, startUpstream, text } from './support/upstream.ts';

const HTML = `<html><body>${'<p>The server made a mistake.</p>'.repeat(2000)}</body></html>`;

describe('an error response of Datadog’s', () => {
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
      '400 with empty texts among its errors',
      json({ errors: ['', 'one', {}, 'two', ''] }, 400),
      { code: 'UPSTREAM_REJECTED', status: 400, says: /HTTP 400: one; two\)/ },
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
    ['500 in HTML', text(HTML, 500), { code: 'UPSTREAM_UNAVAILABLE', status: 500, attempts: 3 }],
    [
      '502 of the edge',
      json({ status: 'error', code: 502, errors: ['Bad Gateway'] }, 502),
      { code: 'UPSTREAM_UNAVAILABLE', status: 502, says: /Bad Gateway/, attempts: 3 },
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
      { code: 'UPSTREAM_RATE_LIMITED', status: 429, attempts: 3 },
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
      { code: 'UPSTREAM_UNAVAILABLE', attempts: 3 },
    ],
    [
      'a connection that is reset',
      (response) => {
        response.destroy();
      },
      { code: 'UPSTREAM_UNAVAILABLE', attempts: 3 },
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

  test('a connection that is refused is UPSTREAM_UNAVAILABLE', async () => {
    const rolecall = createRolecallFor(
      {},
      { DD_API_KEY: 'a', DD_APP_KEY: 'b', DATADOG_API_URL: 'http://127.0.0.1:9/' },
    );
    const { errors } = await rolecall.query('{ viewer { datadog { id } } }');
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
    dataOf(await createRolecallFor({ datadog }).query('{ viewer { datadog { id } } }'));
    assert.equal(datadog.seen.length, 3);
  });

  test('a passing fault is retried soon, whatever its rate limit headers say', async () => {
    const headers = { 'x-ratelimit-limit': '100', 'x-ratelimit-reset': '42' };
    await using datadog = await startUpstream(
      inTurn(text('', 503, headers), json(datadogFixtures.userDocument())),
    );
    dataOf(await createRolecallFor({ datadog }).query('{ viewer { datadog { id } } }'));
    assert.equal(datadog.seen.length, 2);
  });

  test('keys that a vendor echoes are redacted', async () => {
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

  test('a vendor’s error message is cut to a bounded length', async () => {
    await assertDatadogFails(json({ errors: ['word '.repeat(100_000)] }, 400), {
      code: 'UPSTREAM_REJECTED',
      status: 400,
    });
  });
});

test('an operation for which both providers fail still gets a response with data', async () => {
  await using datadog = await startUpstream(json({ errors: ['Unauthorized'] }, 401));
  await using heygen = await startUpstream(json({ code: 400112 }, 401));
  const { status, data, errors } = await createRolecallFor({ datadog, heygen }).query(QUERY);
  assert.equal(status, 200);
  assert.deepEqual(data.viewer, {
    providers: ['DATADOG', 'HEYGEN'],
    users: [null, null],
    datadog: null,
    heygen: null,
  });
  assert.equal(errors?.length, 4);
});
