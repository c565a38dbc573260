import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RolecallError } from '../src/errors.ts';
import { UpstreamFailure } from '../src/upstream/failure.ts';
import { toResponse } from '../src/upstream/response.ts';
import { httpPolicy } from '../src/upstream/retry-policy.ts';
import {
  codeOfStatus,
  failureError,
  responseError,
  shapeError,
} from '../src/upstream/vendor-error.ts';

const vendor = {
  name: 'FICTIONAL',
  title: 'Fictional',
  credentialsHint: 'Look at the key.',
  permissionHint: 'Look at the permission.',
  retryPolicy: httpPolicy,
};

const responseOf = (status: number, headers = {}) =>
  toResponse(status, headers, Buffer.from(''), 100);

/** The text in brackets in the message for these words of the vendor. */
function saidOf(words: string | undefined): string {
  const { message } = responseError(vendor, responseOf(400), words, []);
  return /\((.*)\)\. /.exec(message)?.[1] ?? message;
}

test('each status has its code, and so have those beside it', () => {
  const codes = {
    UPSTREAM_INVALID_RESPONSE: [100, 199, 204, 302, 399],
    UPSTREAM_REJECTED: [400, 402, 405, 409, 411, 418, 428, 430, 499],
    UPSTREAM_UNAUTHENTICATED: [401],
    UPSTREAM_FORBIDDEN: [403],
    UPSTREAM_NOT_FOUND: [404, 410],
    UPSTREAM_RATE_LIMITED: [429],
    UPSTREAM_UNAVAILABLE: [500, 501, 503, 599],
  };
  for (const [code, statuses] of Object.entries(codes)) {
    for (const status of statuses) assert.equal(codeOfStatus(status), code, String(status));
  }
});

describe('the error for a refusal', () => {
  test('names the vendor, its status and what to look at', () => {
    for (const [status, advice] of [
      [401, /Look at the key\.$/],
      [403, /Look at the permission\.$/],
      [404, /base URL for Fictional/],
      [429, /Try again later\.$/],
      [503, /Fictional’s status page\.$/],
      [400, /base URL for Fictional/],
      [302, /base URL for Fictional/],
    ] as const) {
      const { message, extensions } = responseError(vendor, responseOf(status), undefined, []);
      assert.match(message, new RegExp(`^Fictional .*\\(HTTP ${status}\\)\\. `));
      assert.match(message, advice);
      assert.deepEqual(extensions, {
        code: codeOfStatus(status),
        provider: 'FICTIONAL',
        status,
      });
    }
  });

  test('says what happened differently for each code', () => {
    const sentences = [400, 401, 403, 404, 429, 500, 302].map(
      (status) => responseError(vendor, responseOf(status), undefined, []).message.split(' (')[0],
    );
    assert.equal(new Set(sentences).size, sentences.length);
  });

  test('has the code that the vendor’s own means, where it has one', () => {
    const { extensions, message } = responseError(
      vendor,
      responseOf(400),
      'no',
      [],
      'UPSTREAM_FORBIDDEN',
    );
    assert.equal(extensions.code, 'UPSTREAM_FORBIDDEN');
    assert.match(message, /Look at the permission/);
  });

  test('says when to ask again, where the vendor did, of a rate limit only', () => {
    const limited = (seconds: string) =>
      responseError(vendor, responseOf(429, { 'retry-after': seconds }), undefined, []);
    assert.match(limited('1').message, /Try again in 1 second\.$/);
    assert.match(limited('2').message, /Try again in 2 seconds\.$/);
    assert.equal(limited('2').extensions['retryAfter'], 2);
    const unavailable = responseError(
      vendor,
      responseOf(503, { 'retry-after': '2' }),
      undefined,
      [],
    );
    assert.ok(!('retryAfter' in unavailable.extensions));
  });
});

describe('a vendor’s message in an error', () => {
  test('follow the status', () => {
    assert.equal(saidOf('no such user'), 'HTTP 400: no such user');
    assert.equal(saidOf(undefined), 'HTTP 400');
    assert.equal(saidOf(''), 'HTTP 400');
  });

  test('become one line', () => {
    assert.equal(saidOf(' one\n\ttwo\u0000\u0085three\u202efour '), 'HTTP 400: one two three four');
  });

  test('lose e-mail addresses, of whomever they are', () => {
    for (const address of ['a@b.example', 'A.b+c@d.example', 'a%40b.example', 'ä@ö', 'a@b@c']) {
      assert.equal(saidOf(`no <${address}>, sorry`), 'HTTP 400: no <[redacted]>, sorry');
      assert.equal(saidOf(`?q=${address}&r=1`), 'HTTP 400: ?q=[redacted]&r=1');
    }
    assert.equal(saidOf('at 5 @ 6, see a@'), 'HTTP 400: at 5 @ 6, see a@');
    assert.equal(saidOf(`${'x'.repeat(298)}@b`), 'HTTP 400: [redacted]');
  });

  test('are cut after 300 characters, blanks not counted twice', () => {
    assert.equal(saidOf('x'.repeat(300)), `HTTP 400: ${'x'.repeat(300)}`);
    assert.equal(saidOf('x'.repeat(301)), `HTTP 400: ${'x'.repeat(300)}…`);
    assert.equal(saidOf(`${'x'.repeat(299)}    y`), `HTTP 400: ${'x'.repeat(299)} …`);
    assert.equal(saidOf(`x${' '.repeat(1_000)}y`), 'HTTP 400: x y');
  });
});

test('the error for a response of another shape says what is wrong, and the status', () => {
  const { message, extensions } = shapeError(vendor, responseOf(201), 'it has no head');
  assert.match(message, /^Fictional .*\(HTTP 201\): it has no head\. .*base URL for Fictional/);
  assert.deepEqual(extensions, {
    code: 'UPSTREAM_INVALID_RESPONSE',
    provider: 'FICTIONAL',
    status: 201,
  });
});

describe('the error for a call without a response', () => {
  for (const [kind, code] of [
    ['timeout', 'UPSTREAM_TIMEOUT'],
    ['unavailable', 'UPSTREAM_UNAVAILABLE'],
    ['cancelled', 'UPSTREAM_UNAVAILABLE'],
    ['open', 'UPSTREAM_UNAVAILABLE'],
    ['overflow', 'UPSTREAM_UNAVAILABLE'],
    ['invalid', 'UPSTREAM_INVALID_RESPONSE'],
  ] as const) {
    test(`${kind}: ${code}`, () => {
      const error = failureError(vendor, new UpstreamFailure(kind, 'the reason'));
      assert.ok(error instanceof RolecallError);
      assert.deepEqual(error.extensions, { code, provider: 'FICTIONAL' });
      assert.match(error.message, /^Fictional .*\(the reason\)\. /);
      assert.match(
        error.message,
        kind === 'invalid' ? /base URL for Fictional/ : /Fictional’s status page\.$/,
      );
    });
  }

  test('is anything else as it is', () => {
    const other = new Error('a fault of our own');
    assert.equal(failureError(vendor, other), other);
  });
});
