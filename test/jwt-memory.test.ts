import assert from 'node:assert/strict';
import { after, before, describe, mock, test } from 'node:test';
import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { KeySet } from '../src/identity/key-set.ts';
import { stopTime } from './support/clock.ts';
import { AUDIENCE, createKey, type Issuer, nowSeconds, startIssuer } from './support/issuer.ts';
import { createVerifier } from './support/verifier.ts';

const REFRESH_MS = 5 * 60_000;
const [first, second] = [createKey('ES256'), createKey('RS256')];
const EXPIRED = /has expired/;
const UNKNOWN = /signed with a key that its issuer does not publish/;

/** Counts verified signatures. */
function countVerifications() {
  const { mock: verify } = mock.method(crypto.subtle, 'verify');
  return {
    count: () => verify.callCount(),
    [Symbol.dispose]: () => verify.restore(),
  };
}

describe('a token that was verified', () => {
  let issuer: Issuer;
  before(async () => {
    issuer = await startIssuer(first);
  });
  after(() => issuer[Symbol.asyncDispose]());

  test('is cached once it is verified, and no other token is', async () => {
    const { verifier } = createVerifier(issuer);
    const [one, other] = [issuer.sign({ sub: 'one' }), issuer.sign({ sub: 'other' })];
    using verified = countVerifications();
    for (let i = 0; i < 10; i += 1) {
      assert.equal((await verifier.verify(one)).subject, 'one');
      assert.equal((await verifier.verify(other)).subject, 'other');
    }
    assert.equal(verified.count(), 2);
    // The same claims with another signature are another token.
    await verifier.verify(issuer.sign({ sub: 'one' }));
    assert.equal(verified.count(), 3);
    for (let i = 0; i < 3; i += 1) {
      await assert.rejects(verifier.verify(one.replace(/.{43}$/, 'A'.repeat(43))), /signature/);
    }
    assert.equal(verified.count(), 6);
  });

  test('is refused from when it has expired', async () => {
    using clock = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    const token = issuer.sign({ exp: nowSeconds() + 60 });
    await verifier.verify(token);
    clock.advance(89_000);
    await verifier.verify(token);
    clock.advance(1_000);
    await assert.rejects(verifier.verify(token), EXPIRED);
  });

  test('is refused once its key leaves the set, and not where another one joins', async () => {
    await using own = await startIssuer(first);
    using clock = stopTime();
    const { verifier, ended } = createVerifier(own);
    await ended(1);
    const token = own.sign({ exp: nowSeconds() + 3_600 });
    await verifier.verify(token);
    own.state.keys = [first, second];
    clock.advance(REFRESH_MS);
    await ended(2);
    await verifier.verify(token);
    own.state.keys = [second];
    clock.advance(REFRESH_MS);
    await ended(3);
    await assert.rejects(verifier.verify(token), UNKNOWN);
  });

  test('stays cached where a refresh brings the same keys', async () => {
    using clock = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    const token = issuer.sign();
    using verified = countVerifications();
    await verifier.verify(token);
    clock.advance(REFRESH_MS);
    await ended(2);
    await verifier.verify(token);
    assert.equal(verified.count(), 1);
  });

  test('is one of 10,000 at most', () => {
    assert.equal(KeySet.from({ keys: [first.jwk] })?.verified.max, 10_000);
  });
});

test('a cached token is treated as one that is verified anew, at any time', async () => {
  await using issuer = await startIssuer(first, second);
  const seconds = fc.integer({ min: -120, max: 120 });
  const tokens = fc.array(
    fc.record({
      key: fc.constantFrom(first, second),
      expires: seconds,
      notBefore: fc.option(seconds, { nil: undefined }),
      aud: fc.constantFrom(AUDIENCE, 'other', ['other', AUDIENCE]),
      sub: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
      email: fc.constantFrom(undefined, 'a@person.example', 1),
      verified: fc.constantFrom(undefined, true, 'true', 1, false),
    }),
    { minLength: 1, maxLength: 3 },
  );
  const steps = fc.array(
    fc.record({ which: fc.nat({ max: 2 }), wait: fc.integer({ min: 0, max: 40 }) }),
    { minLength: 2, maxLength: 12 },
  );
  const plainKeys = createLocalJWKSet({ keys: [first.jwk, second.jwk] as any });

  /** The result of jose alone, without the cache. */
  async function plain(token: string): Promise<unknown> {
    const result = await jwtVerify(token, plainKeys, {
      issuer: issuer.url,
      audience: AUDIENCE,
      clockTolerance: 30,
    }).catch(() => undefined);
    if (result === undefined) return undefined;
    const { sub, email, email_verified } = result.payload;
    return {
      issuer: issuer.url,
      subject: sub,
      email: typeof email === 'string' ? email : undefined,
      emailVerified: email_verified === true,
    };
  }

  await fc.assert(
    fc.asyncProperty(tokens, steps, async (made, taken) => {
      using clock = stopTime();
      const { verifier, ended } = createVerifier(issuer);
      await ended(1);
      const signed = made.map(({ key, expires, notBefore, verified: email_verified, ...claims }) =>
        issuer.sign(
          {
            ...claims,
            email_verified,
            exp: nowSeconds() + expires,
            nbf: notBefore === undefined ? undefined : nowSeconds() + notBefore,
          },
          {},
          key,
        ),
      );
      for (const { which, wait } of taken) {
        const token = signed[which % signed.length] as string;
        clock.advance(wait * 1000);
        const caller = await verifier.verify(token).catch((error: Error) => {
          assert.equal(error.name, 'TokenRefused');
          return undefined;
        });
        const { hash: _, ...person } = caller ?? {};
        assert.deepEqual(caller && person, await plain(token));
      }
    }),
    { numRuns: 60 },
  );
});
