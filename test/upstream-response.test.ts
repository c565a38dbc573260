import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { UpstreamFailure } from '../src/upstream/failure.ts';
import { isSuccess, readErrorBody, toResponse } from '../src/upstream/response.ts';

const MAX_BYTES = 10_000;
/** The last four bytes of a gzip contain the original length (RFC 1952, 2.3.1). */
const LENGTH_BYTES = 4;

const responseOf = (bytes: Buffer, encoding?: string | string[], status = 200) =>
  toResponse(
    status,
    (encoding === undefined ? {} : { 'content-encoding': encoding }) as Record<string, string>,
    bytes,
    MAX_BYTES,
  );

/** JSON with this many bytes. */
const textOf = (length: number) => JSON.stringify('x'.repeat(length - 2));

/** A gzip of this text that claims this length. */
function gzipThatClaims(text: string, length: number): Buffer {
  const bytes = gzipSync(text);
  bytes.writeUInt32LE(length, bytes.length - LENGTH_BYTES);
  return bytes;
}

const isInvalid = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UpstreamFailure);
  assert.equal(error.kind, 'invalid');
  assert.match(error.message, message);
  return true;
};

test('statuses from 200 to 299 are successes', () => {
  const isGood = (status: number) => isSuccess(responseOf(Buffer.from(''), undefined, status));
  assert.deepEqual([199, 200, 204, 299, 300].map(isGood), [false, true, true, true, false]);
});

describe('a body is read', () => {
  test('as it travelled, where it has no encoding or says so', () => {
    for (const encoding of [undefined, 'identity']) {
      assert.deepEqual(responseOf(Buffer.from('{"a":"é"}'), encoding).readBody(), {
        json: { a: 'é' },
        length: 10,
      });
    }
  });

  test('out of gzip, with the length that it has decoded', () => {
    for (const encoding of ['gzip', 'GZIP']) {
      const { json, length } = responseOf(gzipSync(textOf(5_000)), encoding).readBody();
      assert.equal(json, 'x'.repeat(4_998));
      assert.equal(length, 5_000);
    }
  });

  test('as no JSON where it is empty, whatever its encoding', () => {
    for (const encoding of [undefined, 'gzip', 'br']) {
      assert.deepEqual(responseOf(Buffer.from(''), encoding).readBody(), {
        json: undefined,
        length: 0,
      });
    }
  });

  test('out of a gzip that claims another length than it has', () => {
    for (const claimed of [0, 1, 4_999, 5_001, MAX_BYTES, 4_294_967_295]) {
      // zlib notices the wrong length, but only at the end.
      assert.throws(
        () => responseOf(gzipThatClaims(textOf(5_000), claimed), 'gzip').readBody(),
        isInvalid(/gzip/),
        String(claimed),
      );
    }
  });

  test('up to the limit, which counts decoded bytes', () => {
    assert.equal(responseOf(gzipSync(textOf(MAX_BYTES)), 'gzip').readBody().length, MAX_BYTES);
    assert.throws(
      () => responseOf(gzipSync(textOf(MAX_BYTES + 1)), 'gzip').readBody(),
      isInvalid(/larger than 10000 bytes/),
    );
  });

  test('not past the limit where a gzip claims to be short', () => {
    assert.throws(
      () => responseOf(gzipThatClaims(textOf(MAX_BYTES * 100), 10), 'gzip').readBody(),
      isInvalid(/larger than 10000 bytes/),
    );
  });

  test('not where it is cut short, however short', () => {
    const whole = gzipSync(textOf(5_000));
    for (const length of [1, 3, 4, 5, whole.length - 1]) {
      assert.throws(
        () => responseOf(whole.subarray(0, length), 'gzip').readBody(),
        isInvalid(/gzip/),
        String(length),
      );
    }
  });

  test('not out of an encoding that was not asked for, nor out of two', () => {
    for (const encoding of ['br', 'gzip, gzip', ['gzip', 'gzip']]) {
      assert.throws(
        () => responseOf(gzipSync('1'), encoding).readBody(),
        isInvalid(/encoding/),
        String(encoding),
      );
    }
  });
});

describe('the body of a refusal', () => {
  test('is read where it can be', () => {
    assert.deepEqual(readErrorBody(responseOf(gzipSync('{"errors":[]}'), 'gzip', 400)), {
      errors: [],
    });
  });

  test('is none where it cannot be decoded', () => {
    assert.equal(readErrorBody(responseOf(Buffer.from('x'), 'br', 400)), undefined);
  });

  test('hides no fault of another kind', () => {
    const fault = new Error('a fault of our own');
    const faulty = {
      ...responseOf(Buffer.from('')),
      readBody() {
        throw fault;
      },
    };
    assert.throws(() => readErrorBody(faulty), fault);
  });
});
