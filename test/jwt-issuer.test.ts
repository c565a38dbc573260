import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stopTime } from './support/clock.ts';
import { createKey, startIssuer } from './support/issuer.ts';
import { json, type Script, text } from './support/upstream.ts';
import { createVerifier } from './support/verifier.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const [first, second, third] = [createKey(), createKey(), createKey()];
const UNAVAILABLE = { name: 'KeysUnavailable' };
const UNKNOWN = /signed with a key that its issuer does not publish/;
const fail: Script = text('', 500);

describe('the issuer’s keys', () => {
  test('are fetched once for all callers who wait for them', async () => {
    await using issuer = await startIssuer(first);
    const { verifier } = createVerifier(issuer);
    assert.equal(verifier.isReady, false);
    await Promise.all(Array.from({ length: 100 }, () => verifier.verify(issuer.sign())));
    assert.equal(verifier.isReady, true);
    assert.deepEqual([issuer.seen.length, issuer.count()], [2, 1]);
  });

  test('are fetched at once for the first unknown key, even just after another fetch', async () => {
    await using issuer = await startIssuer(first);
    using _ = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    issuer.state.keys = [second];
    const tokens = Array.from({ length: 100 }, (_, i) => issuer.sign({ sub: `person ${i}` }));
    await Promise.all(tokens.map((token) => verifier.verify(token)));
    assert.equal(issuer.count(), 2);
  });

  test('are fetched for unknown keys once in 30 seconds', async () => {
    await using issuer = await startIssuer(first);
    using clock = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    const forge = (i: number) => issuer.sign({}, { kid: `unknown ${i}` });
    const flood = async () => {
      for (let i = 0; i < 50; i += 1) await assert.rejects(verifier.verify(forge(i)), UNKNOWN);
      await Promise.all(
        Array.from({ length: 50 }, (_, i) => assert.rejects(verifier.verify(forge(i)), UNKNOWN)),
      );
    };
    await flood();
    assert.equal(issuer.count(), 2);
    clock.advance(29_999);
    issuer.state.keys = [second];
    await flood();
    await assert.rejects(verifier.verify(issuer.sign()), UNKNOWN);
    assert.equal(issuer.count(), 2);
    clock.advance(1);
    await verifier.verify(issuer.sign());
    await flood();
    assert.equal(issuer.count(), 3);
  });

  test('are not fetched for the tokens of another issuer', async () => {
    await using issuer = await startIssuer(first);
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    const foreign = issuer.sign({ iss: 'https://other.example' }, {}, second);
    await assert.rejects(verifier.verify(foreign), /comes from another issuer/);
    assert.equal(issuer.count(), 1);
  });

  test('are fetched once in 30 seconds for 100 unknown keys of an issuer that fails', async () => {
    await using issuer = await startIssuer(first);
    using clock = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    issuer.state.script = fail;
    issuer.seen.length = 0;
    const [good, rotated] = [issuer.sign(), issuer.sign({}, {}, second)];
    for (let i = 0; i < 100; i += 1) {
      await assert.rejects(verifier.verify(rotated), UNKNOWN);
      await verifier.verify(good);
    }
    assert.equal(issuer.seen.length, 1);
    clock.advance(29_999);
    await assert.rejects(verifier.verify(rotated), UNKNOWN);
    assert.equal(issuer.seen.length, 1);
    clock.advance(1);
    for (let i = 0; i < 100; i += 1) await assert.rejects(verifier.verify(rotated), UNKNOWN);
    assert.equal(issuer.seen.length, 2);
  });

  test('keep nobody waiting but those with unknown keys, while the issuer hangs', async () => {
    await using issuer = await startIssuer(first);
    using clock = stopTime();
    const { verifier, ended, failures } = createVerifier(issuer);
    await ended(1);
    issuer.state.script = () => {};
    const requested = issuer.nextRequest();
    const rotated = issuer.sign({}, {}, second);
    const refused = Promise.all(
      Array.from({ length: 100 }, () => assert.rejects(verifier.verify(rotated), UNKNOWN)),
    );
    await requested;
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => verifier.verify(issuer.sign({ sub: `${i}` }))),
    );
    clock.advance(5_000);
    await refused;
    assert.match(String(failures[1]), /did not respond within 5000 ms/);
    // No fetch is under way now.
    await assert.rejects(verifier.verify(rotated), UNKNOWN);
    assert.equal(issuer.seen.length, 3);
  });

  test('are refreshed in the background', async () => {
    await using issuer = await startIssuer(first);
    using clock = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    const old = issuer.sign();
    await verifier.verify(old);
    issuer.state.keys = [second];
    clock.advance(5 * MINUTE_MS - 1);
    assert.equal(issuer.count(), 1);
    await verifier.verify(old);
    clock.advance(1);
    await ended(2);
    await verifier.verify(issuer.sign());
    await assert.rejects(verifier.verify(old), UNKNOWN);
    assert.equal(issuer.count(), 3, 'one fetch more, for the old key');
  });

  test('are refreshed five minutes after whichever fetch was the last', async () => {
    await using issuer = await startIssuer(first);
    using clock = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    clock.advance(MINUTE_MS);
    await assert.rejects(verifier.verify(issuer.sign({}, {}, second)), UNKNOWN);
    assert.equal(issuer.count(), 2);
    clock.advance(5 * MINUTE_MS - 1);
    // A fetch by the verifier would end before this one, which goes to the same issuer.
    await fetch(`${issuer.url}/keys`);
    assert.equal(issuer.count(), 3);
    clock.advance(1);
    await ended(3);
    assert.equal(issuer.count(), 4);
  });

  test('go on working for a day while the issuer is down, and are back with it', async () => {
    await using issuer = await startIssuer(first);
    using clock = stopTime();
    const { verifier, ended, failures } = createVerifier(issuer);
    let fetches = 1;
    await ended(fetches);
    issuer.state.script = fail;
    const wait = async (ms: number) => {
      clock.advance(ms);
      fetches += 1;
      await ended(fetches);
    };
    await wait(5 * MINUTE_MS);
    for (let i = 0; i < 3; i += 1) await wait(30_000);
    assert.equal(failures.filter(Boolean).length, 4);
    await wait(DAY_MS - 6.5 * MINUTE_MS - 1);
    await verifier.verify(issuer.sign());
    assert.equal(verifier.isReady, true);
    clock.advance(1);
    assert.equal(verifier.isReady, false);
    await assert.rejects(verifier.verify(issuer.sign()), UNAVAILABLE);
    issuer.state.script = undefined;
    await wait(30_000);
    await verifier.verify(issuer.sign());
    assert.equal(verifier.isReady, true);
  });

  test('are fetched in the background where there never were any, at growing intervals', async () => {
    await using issuer = await startIssuer(first);
    issuer.state.script = fail;
    using clock = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    // A caller who arrives before the first fetch has ended waits for it.
    await assert.rejects(verifier.verify(issuer.sign()), UNAVAILABLE);
    for (const [i, seconds] of [1, 2, 4, 8, 16, 30, 30].entries()) {
      for (let n = 0; n < 100; n += 1) {
        await assert.rejects(verifier.verify(issuer.sign()), UNAVAILABLE);
      }
      clock.advance(seconds * 1000 - 1);
      assert.equal(issuer.seen.length, i + 1);
      clock.advance(1);
      await ended(i + 2);
    }
    issuer.state.script = undefined;
    assert.equal(verifier.isReady, false);
    clock.advance(30_000);
    await ended(9);
    assert.equal(verifier.isReady, true);
    await verifier.verify(issuer.sign());
  });

  test('are looked for once more where a fetch was under way that brings none new', async () => {
    await using issuer = await startIssuer(first);
    using clock = stopTime();
    const { verifier, ended } = createVerifier(issuer);
    await ended(1);
    // The issuer is slow: it has read its keys before it publishes another.
    const sent = Promise.withResolvers<void>();
    issuer.state.script = (response, seen, call) => {
      if (!seen.path.includes('well-known'))
        return void sent.promise.then(() => old(response, seen, call));
      json({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` })(response, seen, call);
    };
    const old = json({ keys: [first.jwk] });
    clock.advance(5 * MINUTE_MS);
    while (issuer.count() < 2) await issuer.nextRequest();
    issuer.state.keys = [first, second];
    const verified = verifier.verify(issuer.sign({}, {}, second));
    issuer.state.script = undefined;
    sent.resolve();
    assert.equal((await verified).subject, 'someone');
    assert.equal(issuer.count(), 3);
  });

  test('may come without discovery', async () => {
    await using issuer = await startIssuer(first);
    const { verifier } = createVerifier(issuer, { JWT_JWKS_URL: `${issuer.url}/keys?p=policy` });
    await verifier.verify(issuer.sign());
    assert.deepEqual(
      issuer.seen.map(({ path }) => path),
      ['/keys?p=policy'],
    );
  });

  test('may come as any media type, compressed or not', async () => {
    await using issuer = await startIssuer(first);
    issuer.state.script = (response, seen, call) =>
      text(JSON.stringify({ keys: [first.jwk] }))(response, seen, call);
    const { verifier } = createVerifier(issuer, { JWT_JWKS_URL: `${issuer.url}/keys` });
    await verifier.verify(issuer.sign());
  });

  test('may stand among others that cannot be used', async () => {
    await using issuer = await startIssuer(first);
    const { x: _, ...broken } = second.jwk;
    issuer.state.script = json({
      keys: [
        null,
        'key',
        { kty: 'unheard-of', kid: first.kid },
        { kty: 'oct', k: 'AAAA', kid: first.kid },
        { ...broken, kid: first.kid },
        { ...third.jwk, kid: first.kid, use: 'enc' },
        { ...third.jwk, kid: first.kid, key_ops: ['sign'] },
        { ...third.privateKey.export({ format: 'jwk' }), kid: first.kid },
        { ...first.jwk, key_ops: ['verify', 'sign'], ext: 'yes', x5c: 1 },
      ],
    });
    const { verifier } = createVerifier(issuer, { JWT_JWKS_URL: `${issuer.url}/keys` });
    await verifier.verify(issuer.sign());
    await assert.rejects(verifier.verify(issuer.sign({}, { kid: first.kid }, third)), /signature/);
  });
});
