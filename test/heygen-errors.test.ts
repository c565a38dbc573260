import { describe, test } from 'node:test';
import * as heygenFixtures from './fixtures/heygen.ts';
import { assertHeyGenFails, type Expected } from './support/failing-vendors.ts';
import { json, type Script, text } from './support/upstream.ts';

const HTML = `<html><body>${'<p>The server made a mistake.</p>'.repeat(2000)}</body></html>`;

describe('an error response of HeyGen’s', () => {
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
    ['500', json(null, 500), { code: 'UPSTREAM_UNAVAILABLE', status: 500, attempts: 3 }],
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

  test('where both routes are gone, the error is v3’s', () =>
    assertHeyGenFails(
      (response, seen, call) =>
        (seen.path === '/v1/user/me'
          ? text('gone', 410)
          : json({ error: { code: 'x', message: 'v3 says no' } }, 401))(response, seen, call),
      { code: 'UPSTREAM_UNAUTHENTICATED', status: 401, says: /v3 says no/, attempts: 2 },
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
