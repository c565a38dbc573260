import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPlaces, type Places } from '../src/cache/places.ts';
import type { ResponseKey } from '../src/cache/store.ts';
import { fingerprint, Secret } from '../src/lib/secret.ts';

const newSecret = () => new Secret(randomBytes(32).toString('base64'));
const PREFIX = 'rolecall:';

const keyOf = (url: string, credentials: readonly string[]): ResponseKey => {
  const secrets = credentials.map((text) => new Secret(text));
  return { url, secrets, name: `${fingerprint(...secrets)} GET ${url}` };
};

/** Everything about the places, as text. */
const shown = ({ responses, claim }: Places) => ({
  claim,
  responses: responses.map(({ name, url, encryptionKey }) => [
    name,
    url,
    encryptionKey.export().toString('hex'),
  ]),
});

const urls = fc.constantFrom(
  'https://a.example/me',
  'https://a.example/me?x=1',
  'https://b.example/me',
);
const credentials = fc.array(fc.constantFrom('', 'a', 'b', 'ab', 'a,b'), { maxLength: 3 });

test('kept places are those that are derived anew, whatever was asked before and whichever secrets are current', () => {
  const sets = [[newSecret()], [newSecret(), newSecret()], [newSecret()]] as const;
  const secrets: { value: readonly Secret[] } = { value: sets[0] };
  const places = createPlaces({ prefix: PREFIX, secrets });
  fc.assert(
    fc.property(urls, credentials, fc.constantFrom(...sets), (url, keys, current) => {
      secrets.value = current;
      const key = keyOf(url, keys);
      const anew = createPlaces({ prefix: PREFIX, secrets: { value: current } });
      assert.deepEqual(shown(places(key)), shown(anew(key)));
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

test('places are derived once for each response, until the secrets are rotated', () => {
  const secrets: { value: readonly Secret[] } = { value: [newSecret()] };
  const places = createPlaces({ prefix: PREFIX, secrets });
  const first = places(keyOf('https://a.example/me', ['key']));
  assert.equal(places(keyOf('https://a.example/me', ['key'])), first);
  assert.notEqual(places(keyOf('https://a.example/me', ['kex'])), first);
  secrets.value = [newSecret()];
  assert.notEqual(places(keyOf('https://a.example/me', ['key'])).claim, first.claim);
});
