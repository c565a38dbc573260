import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { createLocalJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import type { Caller } from './caller.ts';

const MAX_KEYS = 100;
const MAX_TOKENS = 10_000;
const KEY_TYPES = ['RSA', 'EC', 'OKP'];
/** RFC 7518, 3.3. */
const MIN_RSA_BITS = 2_048;

export interface VerifiedToken {
  readonly caller: Caller;
  /** The claims `exp` and `nbf`: seconds since 1970. */
  readonly expires: number;
  readonly notBefore: number | undefined;
}

/** The keys that an issuer publishes, and the tokens that were verified with them. */
export class KeySet {
  /** By the hash of the token. Other keys are another set, so a key that leaves takes its tokens along. */
  readonly verified = new LRUCache<string, VerifiedToken>({ max: MAX_TOKENS });
  readonly #text: string;
  readonly #find: ReturnType<typeof createLocalJWKSet>;

  private constructor(keys: readonly (JsonWebKey & { kty: string })[]) {
    this.#text = JSON.stringify(keys);
    this.#find = createLocalJWKSet({ keys: [...keys] });
  }

  /** Of a JWK Set (RFC 7517, 5) the keys that can verify signatures; undefined where there is none. */
  static from({ keys }: JsonObject): KeySet | undefined {
    const usable = Array.isArray(keys) ? keys.slice(0, MAX_KEYS).flatMap(toPublicKey) : [];
    return usable.length === 0 ? undefined : new KeySet(usable);
  }

  hasSameKeys(other: KeySet | undefined): boolean {
    return other !== undefined && this.#text === other.#text;
  }

  /** @throws {errors.JOSEError} saying what is wrong with the token */
  async verify(token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, this.#find, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      // The token does not say which of several keys.
      for await (const key of error) {
        try {
          return (await jwtVerify(token, key, options)).payload;
        } catch (failure) {
          if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }
}

/** The key without anything that verification does not need; none where it is for another purpose, or broken. */
function toPublicKey(jwk: unknown): (JsonWebKey & { kty: string })[] {
  if (!isJsonObject(jwk) || !KEY_TYPES.includes(String(jwk['kty'])) || 'd' in jwk) return [];
  const { use = 'sig', key_ops: operations = ['verify'], kid, alg } = jwk;
  if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('verify')) return [];
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const { modulusLength = MIN_RSA_BITS } = key.asymmetricKeyDetails ?? {};
    if (modulusLength < MIN_RSA_BITS) return [];
    const exported = key.export({ format: 'jwk' });
    return [{ ...exported, kty: String(jwk['kty']), ...stringsOf({ kid, alg }) }];
  } catch {
    // Other keys of the set may be good: an issuer can publish kinds that this version of Node does not know.
    return [];
  }
}

function stringsOf(members: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}
