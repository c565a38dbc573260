import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  AUDIENCE,
  createKey,
  createToken,
  type Issuer,
  nowSeconds,
  startIssuer,
} from './support/issuer.ts';
import { createRolecall, type Rolecall } from './support/rolecall.ts';

const KIND = 'The token has the wrong type (typ).';
const UNSIGNED = 'The token is not a signed JWT.';
const MALFORMED = 'The token is not a well-formed JWT.';
const TWICE = 'The token has a duplicate member.';
const ALGORITHM = 'The token is signed with an algorithm that is not accepted (alg).';
const KEY = 'The token is signed with a key that its issuer does not publish (kid).';
const SIGNATURE = 'The token has an invalid signature.';
const EXTENSION = 'The token needs an extension that is not supported (crit).';
const EXPIRED = 'The token has expired (exp): sign in again.';
const EARLY = 'The token is not valid yet (nbf).';
const ISSUER = 'The token comes from another issuer (iss).';
const OTHER_AUDIENCE = 'The token is meant for another audience (aud).';
const SUBJECT = 'The claim sub of the token is not a string of 1 to 255 characters.';
const missing = (claim: string) => `The token has no claim ${claim}.`;
const wrongType = (claim: string) => `The claim ${claim} of the token has the wrong type.`;

const rsa = createKey('RS256', 'rsa');
const rsaForAll = createKey('RS256', 'rsa-for-all');
const ec = createKey('ES256', 'ec');
const attackers = createKey('RS256', 'rsa');
const { alg: _, ...jwkForAll } = rsaForAll.jwk;
const published = [rsa, ec, { ...rsaForAll, jwk: jwkForAll }];

const encode = (part: unknown) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A token signed with an HMAC, as accepted by a library that allows any key for any algorithm. */
function hmacToken(issuer: Issuer, secret: string | Buffer, kid: string): string {
  const text = `${encode({ alg: 'HS256', kid })}.${encode(issuer.claims())}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** The name of the forgery, why it is refused, and the token. */
const FORGED: readonly [string, string, (issuer: Issuer) => string][] = [
  [
    'alg none without a signature',
    ALGORITHM,
    (i) => `${encode({ alg: 'none' })}.${encode(i.claims())}.`,
  ],
  ['alg None with a signature', ALGORITHM, (i) => i.sign({}, { alg: 'None' })],
  ['no alg', MALFORMED, (i) => i.sign({}, { alg: undefined })],
  ['an alg that is a list', MALFORMED, (i) => i.sign({}, { alg: ['RS256'] })],
  [
    'HS256 with the public key in PEM',
    ALGORITHM,
    (i) => hmacToken(i, rsa.publicKey.export({ type: 'spki', format: 'pem' }), 'rsa'),
  ],
  [
    'HS256 with the public key in DER',
    ALGORITHM,
    (i) => hmacToken(i, rsa.publicKey.export({ type: 'spki', format: 'der' }), 'rsa'),
  ],
  ['HS256 with the modulus', ALGORITHM, (i) => hmacToken(i, String(rsa.jwk['n']), 'rsa')],
  ['HS256 with an empty secret', ALGORITHM, (i) => hmacToken(i, '', 'rsa')],
  ['an algorithm that is not listed', ALGORITHM, (i) => i.sign({}, { alg: 'RS512', kid: 'rsa' })],
  ['an algorithm that is none', ALGORITHM, (i) => i.sign({}, { alg: 'RSA-OAEP' })],
  ['an algorithm of another kind of key', KEY, (i) => i.sign({}, { alg: 'ES256', kid: 'rsa' })],
  [
    'an algorithm that the key is not for',
    KEY,
    (i) => i.sign({}, { kid: 'rsa' }, { ...rsa, alg: 'PS256' }),
  ],
  ['a key of the attacker with a known kid', SIGNATURE, (i) => i.sign({}, {}, attackers)],
  [
    'a key of the attacker without a kid',
    SIGNATURE,
    (i) => i.sign({}, { kid: undefined }, attackers),
  ],
  ['an unknown kid', KEY, (i) => i.sign({}, { kid: 'unknown' })],
  ['a kid that is a path', KEY, (i) => i.sign({}, { kid: '../../../../dev/null' })],
  ['a kid that is SQL', KEY, (i) => i.sign({}, { kid: "' UNION SELECT 'key" })],
  ['a kid that is a number', KEY, (i) => i.sign({}, { kid: 1 })],
  ['a kid that is an object', KEY, (i) => i.sign({}, { kid: { $ne: null } })],
  ['a kid that is __proto__', KEY, (i) => i.sign({}, { kid: '__proto__' })],
  ['an empty kid', KEY, (i) => i.sign({}, { kid: '' })],
  ['its own key in jwk', SIGNATURE, (i) => i.sign({}, { jwk: attackers.jwk }, attackers)],
  [
    'its own key in jwk, and another kid',
    KEY,
    (i) => i.sign({}, { jwk: attackers.jwk, kid: 'mine' }, attackers),
  ],
  ['a jku', KEY, (i) => i.sign({}, { jku: `${i.url}/attackers-keys`, kid: 'mine' }, attackers)],
  ['an x5u', KEY, (i) => i.sign({}, { x5u: `${i.url}/attackers-keys`, kid: 'mine' }, attackers)],
  ['an x5c', SIGNATURE, (i) => i.sign({}, { x5c: ['MIIB'] }, attackers)],
  ['b64 false', MALFORMED, (i) => i.sign({}, { b64: false, crit: ['b64'] })],
  ['an unknown extension', EXTENSION, (i) => i.sign({}, { crit: ['exp'], exp: 1 })],
  ['an empty crit', MALFORMED, (i) => i.sign({}, { crit: [] })],
  ['a crit that is no list', MALFORMED, (i) => i.sign({}, { crit: 'b64' })],
  ['a logout token', KIND, (i) => i.sign({}, { typ: 'logout+jwt' })],
  ['a typ that is no text', KIND, (i) => i.sign({}, { typ: 1 })],
  ['a JWE', UNSIGNED, () => `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`],
  [
    'a JWT nested in a JWT',
    MALFORMED,
    (i) => createToken({ alg: 'RS256', kid: 'rsa', cty: 'JWT' }, i.sign(), rsa),
  ],
  ['no JWT', UNSIGNED, () => 'opaque-token'],
  ['two parts', UNSIGNED, (i) => i.sign().split('.').slice(0, 2).join('.')],
  ['four parts', UNSIGNED, (i) => `${i.sign()}.x`],
  ['padding', UNSIGNED, (i) => `${i.sign()}==`],
  ['the other alphabet of base64', UNSIGNED, (i) => i.sign().replace(/\.([^.]{5})/, '.$1+/')],
  ['a header that is no JSON', MALFORMED, (i) => createToken('{', i.claims(), rsa)],
  ['a header that is a list', MALFORMED, (i) => createToken([], i.claims(), rsa)],
  ['a payload that is no JSON', MALFORMED, () => createToken({ alg: 'RS256' }, 'x', rsa)],
  ['a payload that is null', MALFORMED, () => createToken({ alg: 'RS256' }, 'null', rsa)],
  [
    'a payload that nests deep',
    MALFORMED,
    () => createToken({ alg: 'RS256', kid: 'rsa' }, `${'['.repeat(2500)}${']'.repeat(2500)}`, rsa),
  ],
  [
    'alg twice',
    TWICE,
    (i) => createToken('{"alg":"none","alg":"RS256","kid":"rsa"}', i.claims(), rsa),
  ],
  [
    'sub twice',
    TWICE,
    (i) =>
      createToken(
        { alg: 'RS256', kid: 'rsa' },
        JSON.stringify(i.claims()).replace('"sub":', '"sub":"a:\\"b","sub":'),
        rsa,
      ),
  ],
  [
    'a member twice in an object of a claim, once escaped',
    TWICE,
    (i) =>
      createToken(
        { alg: 'RS256', kid: 'rsa' },
        JSON.stringify(i.claims()).replace('{', '{"x":[{"a":1,"\\u0061":2}],'),
        rsa,
      ),
  ],
  ['a changed payload', SIGNATURE, (i) => changedPayload(i)],
  [
    'a changed signature',
    SIGNATURE,
    (i) => i.sign().replace(/(.)(?=.{20}$)/, (c) => (c === 'A' ? 'B' : 'A')),
  ],
  ['a truncated signature', SIGNATURE, (i) => i.sign().slice(0, -8)],
  ['an empty signature', SIGNATURE, (i) => i.sign().replace(/[^.]*$/, '')],
  [
    'an ECDSA signature of zeros',
    SIGNATURE,
    (i) => i.sign({}, {}, ec).replace(/[^.]*$/, 'A'.repeat(86)),
  ],
  [
    'the signature of another token',
    SIGNATURE,
    (i) => i.sign().replace(/[^.]*$/, i.sign({ sub: 'x' }).split('.')[2] ?? ''),
  ],
  ['one that expired', EXPIRED, (i) => i.sign({ exp: nowSeconds() - 31 })],
  ['one that expired in 1970', EXPIRED, (i) => i.sign({ exp: -1 })],
  ['no exp', missing('exp'), (i) => i.sign({ exp: undefined })],
  ['an exp that is a text', wrongType('exp'), (i) => i.sign({ exp: String(nowSeconds() + 600) })],
  ['an exp that is null', wrongType('exp'), (i) => i.sign({ exp: null })],
  [
    'an exp that never comes',
    wrongType('exp'),
    (i) =>
      createToken(
        { alg: 'RS256', kid: 'rsa' },
        JSON.stringify(i.claims({ exp: 0 })).replace('"exp":0', '"exp":1e999'),
        rsa,
      ),
  ],
  ['one that is not valid yet', EARLY, (i) => i.sign({ nbf: nowSeconds() + 40 })],
  ['an nbf that is a text', wrongType('nbf'), (i) => i.sign({ nbf: '0' })],
  ['an iat that is a text', wrongType('iat'), (i) => i.sign({ iat: 'now' })],
  ['no iss', missing('iss'), (i) => i.sign({ iss: undefined })],
  ['another issuer', ISSUER, (i) => i.sign({ iss: 'https://other.example' })],
  ['the issuer with a slash', ISSUER, (i) => i.sign({ iss: `${i.url}/` })],
  ['a list of issuers', ISSUER, (i) => i.sign({ iss: [i.url] })],
  ['no aud', missing('aud'), (i) => i.sign({ aud: undefined })],
  ['another audience', OTHER_AUDIENCE, (i) => i.sign({ aud: 'https://other.example' })],
  ['other audiences', OTHER_AUDIENCE, (i) => i.sign({ aud: ['a', 'b'] })],
  ['no audience in the list', OTHER_AUDIENCE, (i) => i.sign({ aud: [] })],
  ['a list in a list of audiences', OTHER_AUDIENCE, (i) => i.sign({ aud: [[AUDIENCE]] })],
  ['an aud that is an object', OTHER_AUDIENCE, (i) => i.sign({ aud: { [AUDIENCE]: true } })],
  [
    'an audience that begins the same',
    OTHER_AUDIENCE,
    (i) => i.sign({ aud: `${AUDIENCE}.evil.example` }),
  ],
  ['no sub', missing('sub'), (i) => i.sign({ sub: undefined })],
  ['an empty sub', SUBJECT, (i) => i.sign({ sub: '' })],
  ['a sub that is a number', SUBJECT, (i) => i.sign({ sub: 1 })],
  ['a sub that is long', SUBJECT, (i) => i.sign({ sub: 'x'.repeat(256) })],
  [
    'one that is too long',
    'The token is longer than 8192 characters.',
    (i) => i.sign({ padding: 'x'.repeat(6_000) }),
  ],
];

function changedPayload(issuer: Issuer): string {
  const [header, , signature] = issuer.sign().split('.');
  return [header, encode(issuer.claims({ sub: 'admin' })), signature].join('.');
}

describe('a token is refused with', () => {
  let issuer: Issuer;
  let rolecall: Rolecall;

  before(async () => {
    issuer = await startIssuer(...published);
    rolecall = createRolecall(issuer.environment);
  });
  after(() => issuer[Symbol.asyncDispose]());

  const ask = (token: string) =>
    rolecall.fetch('http://rolecall.example/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query":"{__typename}"}',
    });

  test('nothing, where it is sound', async () => {
    for (const key of published) {
      assert.equal((await ask(issuer.sign({}, {}, key))).status, 200);
      assert.equal((await ask(issuer.sign({}, { kid: undefined }, key))).status, 200);
    }
    assert.equal((await ask(issuer.sign({}, {}, { ...rsaForAll, alg: 'PS256' }))).status, 200);
  });

  assert.equal(new Set(FORGED.map(([what]) => what)).size, FORGED.length);
  for (const [what, description, forge] of FORGED) {
    test(what, async () => {
      const token = forge(issuer);
      for (const time of ['first', 'second']) {
        const response = await ask(token);
        assert.equal(response.status, 401, time);
        assert.equal(
          response.headers.get('www-authenticate'),
          `Bearer error="invalid_token", error_description="${description}"`,
        );
        const text = await response.text();
        const { message, extensions } = JSON.parse(text).errors[0];
        assert.deepEqual(
          { message, extensions },
          {
            message: description,
            extensions: { code: 'UNAUTHENTICATED' },
          },
        );
        assert.ok(!text.includes(token) && !text.includes('someone'));
      }
    });
  }

  test('no fetch of what its header names, and one for all unknown keys', () => {
    assert.equal(issuer.count('/attackers-keys'), 0);
    assert.equal(issuer.count(), 2);
  });

  for (const authorization of ['Bearer', 'Bearer ', 'Basic eDp5', 'Bearer a b', 'DPoP a.b.c']) {
    test(`a bare challenge, where none is sent: ${authorization}`, async () => {
      const response = await rolecall.fetch('http://rolecall.example/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: '{',
      });
      assert.equal(response.status, 401);
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
    });
  }
});
