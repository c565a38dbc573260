import assert from 'node:assert/strict';
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Entry, EntryRefused, MAX_ENTRY_BYTES, open, seal } from '../src/cache/encryption.ts';
import type { Place } from '../src/cache/places.ts';
import { lengthPrefixed } from '../src/lib/length-prefixed.ts';
import { Secret } from '../src/lib/secret.ts';
import { deriveKey, hashedName } from '../src/redis/derive.ts';
import { userDocument } from './fixtures/datadog.ts';

const newSecret = () => new Secret(randomBytes(32).toString('base64'));
const SECRET = newSecret();
const BODY = Buffer.from(JSON.stringify(userDocument()));

const entry = (response: Partial<Entry['response']> = {}): Entry => ({
  response: {
    status: 200,
    encoding: undefined,
    bytes: BODY,
    receivedAt: 1_700_000_000_000,
    ...response,
  },
  lifetimeMs: 60_000,
});

const place = ({
  name = 'name',
  url = 'https://vendor.example/me?x=1',
  keys = ['api-key', 'app-key'],
  secret = SECRET,
}: {
  name?: string;
  url?: string;
  keys?: readonly string[];
  secret?: Secret;
} = {}): Place => ({
  name,
  url,
  encryptionKey: createSecretKey(
    deriveKey(
      secret,
      'responses',
      keys.map((key) => new Secret(key)),
    ),
  ),
});

/** As `seal` does, whatever it is. */
function sealAsIs(plain: Buffer): Buffer {
  const { name, url, encryptionKey } = place();
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce);
  cipher.setAAD(lengthPrefixed(['1', name, url]));
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(1), nonce, cipher.getAuthTag(), encrypted]);
}

const refusal = (message: string) => ({ name: 'EntryRefused', message });

describe('a sealed response', () => {
  for (const [what, response] of [
    ['short', { bytes: Buffer.from('{}') }],
    ['empty', { bytes: Buffer.alloc(0), status: 204 }],
    ['compressed by the vendor', { bytes: gzipSync(BODY), encoding: 'gzip' }],
    ['random', { bytes: randomBytes(1_000) }],
  ] as const) {
    test(`opens in its place: ${what}`, () => {
      const sealed = seal(entry(response), place());
      assert.deepEqual(open(sealed, place()), entry(response));
    });
  }

  test('is compressed, unless the vendor has done that', () => {
    const plain = Buffer.concat(Array(10).fill(BODY));
    const short = seal(entry({ bytes: plain }), place());
    assert.ok(short.length < plain.length / 5);
    // As if the vendor had done it: the limit for bodies applies when it is read.
    const { response, lifetimeMs } = open(short, place());
    assert.deepEqual(
      {
        response: { ...response, encoding: undefined, bytes: gunzipSync(response.bytes) },
        lifetimeMs,
      },
      entry({ bytes: plain }),
    );
    assert.equal(response.encoding, 'gzip');
    const bytes = gzipSync(plain);
    const overhead = seal(entry({ bytes, encoding: 'gzip' }), place()).length - bytes.length;
    assert.ok(overhead > 0 && overhead < 200, `${overhead}`);
  });

  test('is different each time, and shows nothing', () => {
    const [one, two] = [0, 1].map(() => seal(entry({ bytes: BODY.subarray(0, 200) }), place()));
    assert.notDeepEqual(one, two);
    for (const text of ['data', 'vendor', 'api-key', 'receivedAt', 'status']) {
      assert.ok(!one?.includes(text), text);
    }
  });

  const sealed = seal(entry(), place());
  for (const [what, elsewhere] of [
    ['another name', place({ name: 'other' })],
    ['another URL', place({ url: 'https://vendor.example/me?x=2' })],
    ['another key', place({ keys: ['api-key', 'app-kex'] })],
    ['a key less', place({ keys: ['api-key'] })],
    ['the keys in another order', place({ keys: ['app-key', 'api-key'] })],
    ['the keys divided otherwise', place({ keys: ['api-keya', 'pp-key'] })],
    ['the keys joined', place({ keys: ['api-keyapp-key'] })],
  ] as const) {
    test(`does not open with ${what}`, () => {
      assert.throws(() => open(sealed, elsewhere), refusal('cannot be decrypted'));
    });
  }

  test('does not open with another secret', () => {
    assert.throws(
      () => open(sealed, place({ secret: newSecret() })),
      refusal('cannot be decrypted'),
    );
  });

  test('does not open if any of its bytes is changed, or the last is missing', () => {
    for (let index = 1; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      assert.throws(() => open(changed, place()), refusal('cannot be decrypted'));
    }
    for (const length of [1, 12, 28, 29, sealed.length - 1]) {
      assert.throws(
        () => open(sealed.subarray(0, length), place()),
        refusal('cannot be decrypted'),
      );
    }
  });

  test('of another version is not read', () => {
    const other = Buffer.from(sealed);
    other[0] = 2;
    assert.throws(() => open(other, place()), refusal('has another version'));
    assert.throws(() => open(Buffer.alloc(0), place()), refusal('has another version'));
  });

  const HEAD = { status: 200, receivedAt: 0, lifetimeMs: 60_000 };
  for (const [what, plain] of [
    ['nothing', Buffer.alloc(0)],
    ['a shorter length', Buffer.alloc(3)],
    ['a length beyond its end', Buffer.alloc(4, 0xff)],
    ['no JSON', lengthPrefixed(['{'])],
    ['no object', lengthPrefixed(['null'])],
    ['no status', lengthPrefixed([JSON.stringify({ ...HEAD, status: undefined })])],
    ['an unsuccessful status', lengthPrefixed([JSON.stringify({ ...HEAD, status: 403 })])],
    ['no time', lengthPrefixed([JSON.stringify({ ...HEAD, receivedAt: null })])],
    ['a time that no date has', lengthPrefixed([JSON.stringify({ ...HEAD, receivedAt: 1e16 })])],
    ['a life that is no number', lengthPrefixed([JSON.stringify({ ...HEAD, lifetimeMs: '1' })])],
    ['several encodings', lengthPrefixed([JSON.stringify({ ...HEAD, encoding: ['gzip'] })])],
  ] as const) {
    test(`that holds ${what} is refused, although it was sealed with the secret and the keys`, () => {
      const sealedAsIs = sealAsIs(plain);
      assert.throws(() => open(sealedAsIs, place()), refusal('cannot be read'));
    });
  }

  test('of a release that says more about it opens', () => {
    const plain = lengthPrefixed([JSON.stringify({ ...HEAD, isNew: true })]);
    const { response } = open(sealAsIs(plain), place());
    assert.deepEqual(response.bytes, Buffer.alloc(0));
  });

  test('is at most a mebibyte, compressed', () => {
    assert.equal(MAX_ENTRY_BYTES, 1024 ** 2);
    const large = (length: number) => entry({ bytes: randomBytes(length), encoding: 'gzip' });
    const overhead = seal(large(100), place()).length - 100;
    const longest = seal(large(MAX_ENTRY_BYTES - overhead), place());
    assert.equal(longest.length, MAX_ENTRY_BYTES);
    open(longest, place());
    assert.throws(
      () => seal(large(MAX_ENTRY_BYTES - overhead + 1), place()),
      refusal('has more than 1048576 bytes'),
    );
    assert.throws(() => open(Buffer.concat([longest, Buffer.of(0)]), place()), EntryRefused);
    seal(entry({ bytes: Buffer.alloc(4 * MAX_ENTRY_BYTES) }), place());
  });
});

describe('what is derived from a secret', () => {
  test('is another key for each purpose, secret and credential', () => {
    const [a, b] = [new Secret('a'), new Secret('b')];
    const keys = [
      deriveKey(SECRET, 'responses', [a, b]),
      deriveKey(SECRET, 'responses', [b, a]),
      deriveKey(SECRET, 'responses', [new Secret('ab')]),
      deriveKey(SECRET, 'responses'),
      deriveKey(SECRET, 'names', [a, b]),
      deriveKey(newSecret(), 'responses', [a, b]),
    ].map((key) => key.toString('hex'));
    assert.equal(new Set(keys).size, keys.length);
    assert.ok(keys.every((key) => key.length === 64));
    assert.equal(deriveKey(SECRET, 'responses', [a, b]).toString('hex'), keys[0]);
  });

  test('is another name for each kind, secret and list of texts', () => {
    const names = [
      hashedName(SECRET, 'limit', ['a', 'b']),
      hashedName(SECRET, 'limit', ['ab']),
      hashedName(SECRET, 'limit', ['ab', '']),
      hashedName(SECRET, 'response', ['a', 'b']),
      hashedName(newSecret(), 'limit', ['a', 'b']),
    ];
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.every((name) => /^[\w-]{43}$/.test(name)));
    assert.equal(hashedName(new Secret(SECRET.reveal()), 'limit', ['a', 'b']), names[0]);
  });
});
