import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { Environment } from '../src/config/index.ts';
import { readConfig } from './support/config.ts';

const ISSUER = { JWT_ISSUER: 'https://issuer.example/tenant', JWT_AUDIENCE: 'rolecall' };

function problemsOf(environment: Environment): string {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the variables of JWT', () => {
  test('have defaults', () => {
    assert.deepEqual(readConfig(ISSUER).identity.jwt, {
      issuer: 'https://issuer.example/tenant',
      jwksUrl: undefined,
      audiences: ['rolecall'],
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      claims: { subject: 'sub', email: 'email', emailVerified: 'email_verified' },
    });
    assert.deepEqual(readConfig({}).identity, { jwt: undefined, logSecret: undefined });
  });

  test('may stand in the environment with their defaults, without an issuer', () => {
    const defaults = {
      JWT_ALGORITHMS: 'RS256',
      JWT_SUBJECT_CLAIM: 'sub',
      JWT_EMAIL_CLAIM: 'email',
    };
    assert.equal(readConfig(defaults).identity.jwt, undefined);
  });

  test('are read', () => {
    const { jwt } = readConfig({
      JWT_ISSUER: ' http://127.0.0.1:8080/ ',
      JWT_JWKS_URL: 'https://issuer.example/keys?p=policy',
      JWT_AUDIENCE: 'a, b',
      JWT_ALGORITHMS: 'ES384, Ed25519',
      JWT_SUBJECT_CLAIM: 'uid',
      JWT_EMAIL_CLAIM: 'https://issuer.example/mail',
      JWT_EMAIL_VERIFIED_CLAIM: 'mail_verified',
    }).identity;
    assert.deepEqual(jwt, {
      issuer: 'http://127.0.0.1:8080/',
      jwksUrl: new URL('https://issuer.example/keys?p=policy'),
      audiences: ['a', 'b'],
      algorithms: ['ES384', 'Ed25519'],
      claims: {
        subject: 'uid',
        email: 'https://issuer.example/mail',
        emailVerified: 'mail_verified',
      },
    });
  });

  for (const [environment, problem] of [
    [{ JWT_ISSUER: ISSUER.JWT_ISSUER }, /JWT_AUDIENCE must be set too/],
    [{ JWT_AUDIENCE: 'a' }, /JWT_ISSUER must be set too/],
    [{ JWT_JWKS_URL: 'https://issuer.example' }, /JWT_ISSUER must be set too/],
    [{ JWT_ALGORITHMS: 'HS256' }, /JWT_ALGORITHMS must be asymmetric/],
    ...['issuer.example', 'http://issuer.example', 'https://a:b@issuer.example'].map(
      (JWT_ISSUER) => [{ ...ISSUER, JWT_ISSUER }, /JWT_ISSUER must be an https URL/] as const,
    ),
    ...['https://issuer.example?', 'https://issuer.example/#'].map(
      (JWT_ISSUER) => [{ ...ISSUER, JWT_ISSUER }, /JWT_ISSUER must be .* without query/] as const,
    ),
    ...['http://issuer.example/keys', 'keys', 'https://issuer.example/#a', 'file:///keys'].map(
      (JWT_JWKS_URL) => [{ ...ISSUER, JWT_JWKS_URL }, /JWT_JWKS_URL must be an https URL/] as const,
    ),
    ...['none', 'HS256', 'RS256,HS512', 'rs256', 'RS256,', 'dir', 'ECDH-ES'].map(
      (JWT_ALGORITHMS) =>
        [{ ...ISSUER, JWT_ALGORITHMS }, /JWT_ALGORITHMS must be asymmetric algorithms/] as const,
    ),
    [{ ...ISSUER, JWT_AUDIENCE: 'a,,b' }, /JWT_AUDIENCE must be audiences/],
    [{ ...ISSUER, JWT_SUBJECT_CLAIM: 'a"b' }, /JWT_SUBJECT_CLAIM must be the name of a claim/],
    [{ ...ISSUER, JWT_EMAIL_CLAIM: 'mail' }, /JWT_EMAIL_VERIFIED_CLAIM must name the claim/],
    [
      { ...ISSUER, JWT_EMAIL_CLAIM: 'mail', JWT_EMAIL_VERIFIED_CLAIM: 'email_verified' },
      /email_verified vouches for email only/,
    ],
    [{ LOG_SECRET: 'x'.repeat(31) }, /LOG_SECRET must have at least 32 characters/],
    [{ LOG_SECRET: 'x y'.repeat(20) }, /LOG_SECRET must be a key/],
  ] as const) {
    test(`are refused: ${JSON.stringify(environment)}`, () => {
      assert.match(problemsOf(environment), problem);
    });
  }

  test('are named without their values, and the secret never appears', () => {
    const LOG_SECRET = 'fictional-log-secret'.repeat(2);
    const read = readConfig({ ...ISSUER, LOG_SECRET });
    assert.ok(!inspect(read, { depth: 20 }).includes(LOG_SECRET));
    assert.ok(!problemsOf({ JWT_ISSUER: 'http://secret-host.example' }).includes('secret-host'));
  });
});

describe('with JWT', () => {
  const keys = { HEYGEN_API_KEY: 'k' };

  test('a server with keys may listen beyond loopback, and is not open', () => {
    assert.match(problemsOf({ ...keys, HOST: '0.0.0.0' }), /JWT_ISSUER with JWT_AUDIENCE/);
    assert.equal(readConfig({ ...keys, ...ISSUER, HOST: '0.0.0.0' }).isOpen, false);
    assert.equal(readConfig({ ...keys, ...ISSUER }).isOpen, false);
    assert.equal(readConfig(keys).isOpen, true);
  });
});
