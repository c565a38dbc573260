import { createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Secret } from '../lib/secret.ts';
import { deriveKey, hashedName } from '../redis/derive.ts';
import type { RedisSettings } from '../redis/settings.ts';
import type { ResponseKey } from './store.ts';

/** Of the most recent responses. */
const MAX_RESPONSES = 10_000;

/** Where a response is in Redis, and what encrypts it there. */
export interface Place {
  readonly name: string;
  readonly url: string;
  /** Derived from one of CACHE_SECRET and all credentials of the call. */
  readonly encryptionKey: KeyObject;
}

/** What Redis may hold about one response. */
export interface Places {
  /** One for each of CACHE_SECRET, at least one. Responses are stored in the first. */
  readonly responses: readonly [Place, ...Place[]];
  /** The name of the claim to refresh it. */
  readonly claim: string;
}

/**
 * Creates the function that finds the places of each response. They are kept, because deriving them takes longer than
 * reading an entry.
 */
export function createPlaces({
  prefix,
  secrets: current,
}: Pick<RedisSettings, 'prefix' | 'secrets'>): (key: ResponseKey) => Places {
  const known = new LRUCache<string, Places>({ max: MAX_RESPONSES });
  let knownFor = current.value;

  return (key) => {
    const secrets = current.value;
    if (secrets !== knownFor) {
      known.clear();
      knownFor = secrets;
    }
    let places = known.get(key.name);
    if (places === undefined) {
      places = derive(key, prefix, secrets as readonly [Secret, ...Secret[]]);
      known.set(key.name, places);
    }
    return places;
  };
}

/** What the names of all responses match, for `SCAN`. */
export function responsePattern({ prefix }: Pick<RedisSettings, 'prefix'>): string {
  return `${prefix.replace(/[*?[\]\\]/g, '\\$&')}response:*`;
}

function derive(
  { url, secrets: credentials }: ResponseKey,
  prefix: string,
  secrets: readonly [Secret, ...Secret[]],
): Places {
  const texts = [url, ...credentials.map((credential) => credential.reveal())];
  const nameOf = (kind: 'response' | 'refresh', secret: Secret) =>
    `${prefix}${kind}:${hashedName(secret, kind, texts)}`;
  const placeOf = (secret: Secret): Place => ({
    name: nameOf('response', secret),
    url,
    // A KeyObject, because a cipher takes three times as long with the bytes of a key.
    encryptionKey: createSecretKey(deriveKey(secret, 'responses', credentials)),
  });
  const [first, ...others] = secrets;
  return {
    responses: [placeOf(first), ...others.map(placeOf)],
    claim: nameOf('refresh', first),
  };
}
