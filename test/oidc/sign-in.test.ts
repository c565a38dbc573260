import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { JwtVerifier } from '../../src/identity/verifier.ts';
import { createServer } from '../../src/server/index.ts';
import { readConfig } from '../support/config.ts';
import { rolecallOf } from '../support/rolecall.ts';
import { createKey, startProvider } from './provider.ts';

type OpenIdProvider = Awaited<ReturnType<typeof startProvider>>;

/** Rolecall with this provider as the issuer: returns the status and challenge of its response to a token. */
function createAsk({ environment }: OpenIdProvider) {
  const server = createServer(readConfig(environment), pino({ level: 'silent' }), {
    isReady: true,
  });
  return async (token: string) => {
    const { status, headers } = await rolecallOf(server).fetch('http://rolecall.example/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query":"{ viewer { providers } }"}',
    });
    return { status, challenge: headers.get('www-authenticate') ?? '' };
  };
}

for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA']) {
  test(`a client signs in, and is let in with its ${alg} token`, async () => {
    await using provider = await startProvider(createKey('first', alg), createKey('other', alg));
    const ask = createAsk(provider);
    const token = await provider.token();
    assert.equal(
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).alg,
      alg,
    );
    assert.equal((await ask(token)).status, 200);
    assert.equal((await ask(await provider.token())).status, 200);
    assert.equal(provider.keyFetches(), 1);
  });
}

test('the claims of the provider tell who calls', async () => {
  await using provider = await startProvider(createKey('first'));
  const { identity, upstream } = readConfig(provider.environment);
  assert.ok(identity.jwt);
  const verifier = new JwtVerifier(identity.jwt, undefined, upstream.proxy, () => {});
  const { hash: _, ...caller } = await verifier.verify(await provider.token());
  assert.deepEqual(caller, {
    issuer: provider.environment.JWT_ISSUER,
    subject: 'front-end',
    email: 'person@rolecall.example',
    emailVerified: true,
  });
});

test('a token for another API, or one that is no JWT, lets nobody in', async () => {
  await using provider = await startProvider(createKey('first'));
  const ask = createAsk(provider);
  const other = await ask(await provider.token('https://other.example'));
  assert.equal(other.status, 401);
  assert.match(other.challenge, /another audience/);
  const opaque = await ask(await provider.token(''));
  assert.equal(opaque.status, 401);
  assert.match(opaque.challenge, /not a signed JWT/);
});

test('a key that the provider rotates in works at once, and the old one while it is published', async () => {
  const [first, second] = [createKey('first'), createKey('second')];
  await using provider = await startProvider(first);
  const ask = createAsk(provider);
  const old = await provider.token();
  assert.equal((await ask(old)).status, 200);

  provider.publish(second, first);
  for (let i = 0; i < 10; i += 1) {
    assert.equal((await ask(await provider.token())).status, 200);
    assert.equal((await ask(old)).status, 200);
  }
  assert.equal(provider.keyFetches(), 2);
});

test('a key that the provider takes out lets nobody in any more', async () => {
  const [first, second] = [createKey('first'), createKey('second')];
  await using provider = await startProvider(first);
  const ask = createAsk(provider);
  const old = await provider.token();
  assert.equal((await ask(old)).status, 200);

  provider.publish(second);
  assert.equal((await ask(await provider.token())).status, 200);
  const { status, challenge } = await ask(old);
  assert.equal(status, 401);
  assert.match(challenge, /a key that its issuer does not publish/);
  assert.equal(provider.keyFetches(), 2);
});
