import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RolecallError } from '../src/errors.ts';
import { Secret } from '../src/lib/secret.ts';
import type { User } from '../src/providers/heygen/model.ts';
import { v1, v1WhileItLasts, v3 } from '../src/providers/heygen/responses.ts';
import { vendor } from '../src/providers/heygen/vendor.ts';
import { readFailure, readSuccess } from '../src/upstream/read-response.ts';
import { isSuccess, toResponse } from '../src/upstream/response.ts';
import type { Reader } from '../src/upstream/vendor.ts';

const key = new Secret('fictional-heygen-key');
const user = { username: 'fictional-username' };

function read<T>(reader: Reader<T>, status: number, body: unknown): T {
  const response = toResponse(status, {}, Buffer.from(JSON.stringify(body) ?? ''), 1_000);
  return isSuccess(response)
    ? readSuccess(vendor, response, body, reader, [key])
    : readFailure(vendor, response, reader, [key]);
}

/** The code and message of the error; undefined if there is a user. */
function failureOf(reader: Reader<User>, status: number, body: unknown) {
  try {
    assert.equal(read(reader, status, body).id, user.username);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof RolecallError);
    return { code: error.extensions.code, message: error.message };
  }
}

describe('v1 gives a user', () => {
  test('with a success and the code 100, and with nothing less', () => {
    const codeOf = (status: number, body: unknown) => failureOf(v1, status, body)?.code;
    assert.equal(codeOf(200, { code: 100, data: user }), undefined);
    assert.equal(codeOf(400, { code: 100, data: user }), 'UPSTREAM_REJECTED');
    assert.equal(codeOf(200, { code: 101, data: user }), 'UPSTREAM_INVALID_RESPONSE');
    assert.equal(codeOf(200, { data: user }), 'UPSTREAM_INVALID_RESPONSE');
    assert.equal(codeOf(200, { code: 400112, data: user }), 'UPSTREAM_UNAUTHENTICATED');
  });

  test('and says what it misses otherwise', () => {
    const messageOf = (body: unknown) => failureOf(v1, 200, body)?.message ?? '';
    assert.match(messageOf(undefined), /not JSON/);
    assert.match(messageOf({}), /its `code` is not 100/);
    assert.match(messageOf({ code: 100 }), /it has no `data\.username`/);
    assert.match(messageOf({ code: 100, data: {} }), /it has no `data\.username`/);
    assert.match(messageOf({ code: 7, message: 'seven' }), /HTTP 200: seven/);
  });
});

describe('v3 gives a user', () => {
  test('with a success and without an error', () => {
    const codeOf = (status: number, body: unknown) => failureOf(v3, status, body)?.code;
    assert.equal(codeOf(200, { data: user }), undefined);
    assert.equal(codeOf(200, { data: user, error: null }), undefined);
    assert.equal(codeOf(200, { data: user, code: 7 }), undefined);
    assert.equal(codeOf(403, { data: user }), 'UPSTREAM_FORBIDDEN');
    assert.equal(codeOf(200, { data: user, error: {} }), 'UPSTREAM_INVALID_RESPONSE');
    assert.equal(codeOf(200, { data: user, error: '' }), 'UPSTREAM_INVALID_RESPONSE');
    assert.equal(codeOf(200, undefined), 'UPSTREAM_INVALID_RESPONSE');
  });
});

test('the words of an error are the first text where HeyGen’s versions put one', () => {
  const saidOf = (body: unknown) =>
    / \(HTTP 400(.*?)\)\. /.exec(failureOf(v3, 400, body)?.message ?? '')?.[1];
  const all = { error: { message: 'a' }, message: 'b', msg: 'c', detail: 'd' };
  assert.equal(saidOf(all), ': a');
  assert.equal(saidOf({ ...all, error: 'e' }), ': e');
  assert.equal(saidOf({ ...all, error: null }), ': b');
  assert.equal(saidOf({ ...all, error: { message: 7 }, message: '' }), ': c');
  assert.equal(saidOf({ detail: 'd' }), ': d');
  assert.equal(saidOf({ error: 'with fictional-heygen-key' }), ': with [redacted]');
  assert.equal(saidOf({ detail: ['d'] }), '');
  assert.equal(saidOf('b'), '');
});

test('v1’s route is gone with 404 or 410 and no code but the status’s own', () => {
  const isGone = (status: number, body: unknown) => {
    try {
      return read(v1WhileItLasts, status, body) === null;
    } catch (error) {
      assert.ok(error instanceof RolecallError);
      return false;
    }
  };
  for (const status of [404, 410]) {
    for (const body of [undefined, {}, 'gone', { code: status }, { code: 'not_found' }]) {
      assert.equal(isGone(status, body), true, JSON.stringify(body));
    }
    assert.equal(isGone(status, { code: 400101 }), false);
    assert.equal(isGone(status, { code: 814 - status }), false);
  }
  for (const status of [200, 400, 403, 405, 409, 411, 500]) {
    assert.equal(isGone(status, undefined), false, String(status));
    assert.equal(isGone(status, { code: status }), false, String(status));
  }
});
