import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../src/lib/secret.ts';
import { redact } from '../src/upstream/redaction.ts';
import { createRolecallFor } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const TELLING = 12;
const BEFORE = 'Sorry, we cannot take this key';
const AFTER = 'since it was revoked.';

/** An encoding of a text, and where a run of its characters is in the result. */
interface Encoding {
  readonly encode: (text: string) => string;
  /** The part of the encoded text for the characters from `start` to `end`. */
  readonly part: (text: string, start: number, end: number) => string;
}

const each = (encode: (character: string) => string): Encoding => ({
  encode: (text) => [...text].map(encode).join(''),
  part: (text, start, end) => [...text.slice(start, end)].map(encode).join(''),
});

const split = (separator: string, length: number): Encoding => {
  const encode = (text: string) =>
    text.replaceAll(new RegExp(`.{${length}}`, 'g'), `$&${separator}`);
  const place = (index: number) => index + Math.floor(index / length) * separator.length;
  return {
    encode,
    part: (text, start, end) => encode(text).slice(place(start), place(end - 1) + 1),
  };
};

const base64 = (encoding: 'base64' | 'base64url', prefix = '', separator = ''): Encoding => {
  const { encode, part } = split(separator, 8);
  const digits = (text: string) => Buffer.from(prefix + text).toString(encoding);
  return {
    encode: (text) => encode(digits(text)),
    part: (text, start, end) =>
      part(
        digits(text),
        Math.floor(((prefix.length + start) * 8) / 6),
        Math.ceil(((prefix.length + end) * 8) / 6),
      ),
  };
};

const hexOf = (character: string) => character.charCodeAt(0).toString(16).padStart(2, '0');

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'as it is': each((character) => character),
  'in upper case': each((character) => character.toUpperCase()),
  'in lower case': each((character) => character.toLowerCase()),
  'URL-encoded': each(encodeURIComponent),
  'percent-encoded throughout': each((character) => `%${hexOf(character)}`),
  'in hexadecimal': each(hexOf),
  'in hexadecimal, upper case, with colons': each((character) =>
    `${hexOf(character)}:`.toUpperCase(),
  ),
  'as bytes of a program': each((character) => `\\x${hexOf(character)}`),
  'in base64': base64('base64'),
  'in base64url': base64('base64url'),
  'in base64, behind a name': base64('base64', 'u:'),
  'in base64, behind a longer name': base64('base64', 'api:'),
  'in base64, in lines': base64('base64', '', '\n'),
  'in base64, in parts': base64('base64', '', '-'),
  'split by blanks': split(' ', 4),
  'split by line breaks': split('\r\n', 8),
  'split after each character': split('-', 1),
  'split by zero-width spaces': split('\u200b', 3),
};

const keys = fc
  .oneof(
    fc.stringMatching(/^[0-9a-f]{32}$/),
    fc.stringMatching(/^[0-9a-f]{40}$/),
    fc.stringMatching(/^[A-Za-z0-9]{13,256}$/),
    fc.stringMatching(/^[A-Za-z0-9+/]{20,60}==$/),
    fc.stringMatching(/^([A-Za-z0-9]{7}[+/]){4}$/),
    fc.stringMatching(/^[A-Za-z0-9]{8}(-[A-Za-z0-9]{4}){3}-[A-Za-z0-9]{12}$/),
  )
  // Without keys of many special characters, which look like separators.
  .filter((key) => !/(?:[A-Za-z0-9]*[^A-Za-z0-9]){6}/.test(key));

/** A key, and a run of at least 12 of its characters: often all but one, or all. */
const keysAndRuns = keys.chain((key) =>
  fc
    .oneof(
      fc.constantFrom([0, 0], [1, 0], [0, 1]),
      fc.tuple(fc.nat(key.length - TELLING), fc.nat(key.length - TELLING)),
    )
    .map(([start = 0, end = 0]) => ({
      key,
      run: key.slice(
        Math.min(start, key.length - TELLING),
        Math.max(start + TELLING, key.length - end),
      ),
    })),
);

describe('no 12 characters of a key in a row are left in a vendor’s message', () => {
  for (const [name, { encode, part }] of Object.entries(ENCODINGS)) {
    test(`${name} are redacted; the text around them stays`, () => {
      fc.assert(
        fc.property(keysAndRuns, keys, fc.nat(3), ({ key, run }, other, shift) => {
          const secrets = [new Secret(other), new Secret(key)];
          // The text before the key decides where an encoding seems to begin.
          const before = `${BEFORE}${'!f'.repeat(shift)}`;
          const text = redact(`${before}: <${encode(run)}> ${AFTER}`, secrets);
          for (let start = 0; start + TELLING <= run.length; start += 1) {
            const left = part(run, start, start + TELLING);
            assert.ok(!text.includes(left), `${text} holds ${left}`);
          }
          assert.ok(text.startsWith(BEFORE.slice(0, -'this key'.length)), text);
          assert.ok(text.endsWith('was revoked.'), text);
          assert.match(text, /\[redacted\]/);
        }),
        { numRuns: 60 },
      );
    });
  }

  test('printable characters of any kind, as they are and in base64', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{13,64}$/), (key) => {
        const texts = [key.slice(1), key.slice(0, -1), Buffer.from(key).toString('base64')];
        const text = redact(texts.join('\n'), [new Secret(key)]);
        assert.match(text, /^(\[redacted\][\n=]*)+$/);
      }),
    );
  });
});

describe('redaction leaves ordinary words', () => {
  const words = [
    'Forbidden',
    'Access was denied to this resource.',
    'The API key abcdef is not valid for site datadoghq.eu; use https://app.datadoghq.com/organization-settings/api-keys?filter=a%20b',
    'Request id 7f3c2a91-5d0e-4b8f-9c6a-1e2d3f4a5b6c: quota 100% used, retry after 60 s (code 400112)',
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
    'Ключ недействителен · Schlüssel ungültig · キーが無効です · İıK 🗝️',
  ];

  test('whatever the keys are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.array(keys, { maxLength: 2 }), (text, some) => {
        assert.equal(
          redact(
            text,
            some.map((key) => new Secret(key)),
          ),
          text,
        );
      }),
      { numRuns: 300 },
    );
  });

  test('as long as no more than 11 characters of a key are in a row', () => {
    const secret = new Secret('0123456789abcdefghij');
    assert.equal(redact('it begins with 0123456789a', [secret]), 'it begins with 0123456789a');
    assert.equal(redact('it begins with 0123456789ab', [secret]), 'it begins with [redacted]');
  });
});

test('keys shorter than 13 characters are found as they are, and from 8 on with one character less', () => {
  for (const [key, text, redacted] of [
    ['a1b2c3d4e5f6', '<A1B2C3D4E5F> 1b2c3d4e5f6', '<[redacted]> [redacted]'],
    ['a1b2c3d4', 'a1b2c3d and a1b2c3', '[redacted] and a1b2c3'],
    ['k-7', 'no k-7 here: k7, k-', 'no [redacted] here: k7, k-'],
    ['!!!!!!!!!!!!', 'what!!!!!!!!!!!!?', 'what[redacted]?'],
  ] as const) {
    assert.equal(redact(text, [new Secret(key)]), redacted);
  }
});

test('a vendor that echoes both keys encoded and cut is shown without them', async () => {
  const apiKey = '0123456789abcdef0123456789abcdef';
  const appKey = 'fedcba9876543210fedcba987654321001234567';
  await using datadog = await startUpstream((response, seen, call) => {
    const echo = [
      Buffer.from(String(seen.headers['dd-api-key'])).toString('base64'),
      seen.headers['dd-application-key']?.slice(1),
      'x'.repeat(150),
      seen.headers['dd-application-key'],
    ];
    json({ errors: echo }, 403)(response, seen, call);
  });
  const response = await createRolecallFor(
    { datadog },
    { DD_API_KEY: apiKey, DD_APP_KEY: appKey },
  ).query('{ viewer { datadog { id } } }');
  assert.match(
    response.errors?.[0]?.message ?? '',
    /\(HTTP 403: \[redacted\]=?; \[redacted\]; x{150}; \[redacted\]…?\)/,
  );
});
