import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { stopTime } from './support/clock.ts';
import { createKey, startIssuer } from './support/issuer.ts';
import { json, type Script, text } from './support/upstream.ts';
import { createVerifier } from './support/verifier.ts';

const MINUTE_MS = 60_000;
const first = createKey();
const UNAVAILABLE = { name: 'KeysUnavailable' };
const fail: Script = text('', 500);

describe('an issuer is not believed that', () => {
  const good = { keys: [first.jwk] };
  const discovery =
    (document: object): Script =>
    (response, seen, call) =>
      json(seen.path === '/keys' ? good : document)(response, seen, call);
  const set = (document: unknown): Script => json(document);

  for (const [what, script, reason] of [
    ['fails', fail, /discovery document returned HTTP status 500/],
    ['redirects', text('', 302, { location: '/keys' }), /HTTP status 302/],
    ['sends HTML', text('<html>'), /discovery document is not a JSON object/],
    ['sends null', json(null), /discovery document is not a JSON object/],
    ['sends half a body', halfBody, /discovery document cannot be fetched: \w+/],
    [
      'breaks off',
      (response) => void response.socket?.destroy(),
      /discovery document cannot be fetched: \w+/,
    ],
    ['sends too much', json({ padding: 'x'.repeat(600_000) }), /larger than 524288 bytes/],
    ['sends without end', endless, /larger than 524288 bytes/],
    ['claims an encoding', text('{}', 200, { 'content-encoding': 'gzip' }), /not valid gzip/],
    ['nests deep', text(`{"a":${'['.repeat(99_999)}`), /not a JSON object/],
    [
      'names another issuer in its discovery',
      discovery({ issuer: 'https://other.example', jwks_uri: 'https://other.example/keys' }),
      /`issuer` in the discovery document is not JWT_ISSUER/,
    ],
    ['names no issuer', discovery({ jwks_uri: 'https://other.example/keys' }), /is not JWT_ISSUER/],
  ] as const satisfies readonly (readonly [string, Script, RegExp])[]) {
    test(what, () => check(script, reason));
  }

  for (const jwks_uri of [
    'http://other.example/keys',
    'file:///etc/passwd',
    'https://name:password@other.example/keys',
    '/keys',
    '',
    ['https://other.example/keys'],
    undefined,
  ]) {
    test(`has its keys at ${JSON.stringify(jwks_uri)}`, async () => {
      await using issuer = await startIssuer(first);
      issuer.state.discovery = { jwks_uri };
      const { verifier, failures } = createVerifier(issuer);
      await assert.rejects(verifier.verify(issuer.sign()), UNAVAILABLE);
      assert.match(String(failures[0]), /jwks_uri is not an https URL, nor http to loopback/);
    });
  }

  for (const [what, document] of [
    ['an empty set', { keys: [] }],
    ['no set', {}],
    ['a set that is an object', { keys: { 0: first.jwk } }],
    ['symmetric keys only', { keys: [{ kty: 'oct', k: 'AAAA', kid: first.kid }] }],
    ['RSA keys that are too short', { keys: [shortRsaKey()] }],
  ] as const) {
    test(`publishes ${what}, and the keys before go on working`, async () => {
      await using issuer = await startIssuer(first);
      using clock = stopTime();
      const { verifier, ended, failures } = createVerifier(issuer, {
        JWT_JWKS_URL: `${issuer.url}/keys`,
      });
      await ended(1);
      issuer.state.script = set(document);
      clock.advance(5 * MINUTE_MS);
      await ended(2);
      assert.match(String(failures[1]), /key set has no usable key/);
      await verifier.verify(issuer.sign());
    });
  }

  async function check(script: Script, reason: RegExp) {
    await using issuer = await startIssuer(first);
    issuer.state.script = script;
    const { verifier, failures } = createVerifier(issuer);
    await assert.rejects(verifier.verify(issuer.sign()), UNAVAILABLE);
    assert.match(String(failures[0]), reason);
    assert.equal((failures[0] as Error).name, 'IssuerFailure');
    assert.equal(issuer.seen.length, 1);
  }
});

function shortRsaKey() {
  return generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
}

function halfBody(response: ServerResponse) {
  response.writeHead(200, { 'content-length': '500' }).write('{');
  setImmediate(() => response.destroy());
}

function endless(response: ServerResponse) {
  const chunk = Buffer.alloc(65_536, ' ');
  const write = () => {
    while (response.write(chunk));
  };
  response.writeHead(200).on('drain', write);
  write();
}
