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
  /** By the token's hash. Changed keys are a new KeySet, so the tokens of a withdrawn key are forgotten. */
  readonly verified = new LRUCache<string, VerifiedToken>({ max: MAX_TOKENS });
  readonly #text: string;
  readonly #find: ReturnType<typeof createLocalJWKSet>;

  private constructor(keys: readonly (JsonWebKey & { kty: string })[]) {
    this.#text = JSON.stringify(keys);
    this.#find = createLocalJWKSet({ keys: [...keys] });
  }

  /** The keys of a JWK Set (RFC 7517, 5) that can verify signatures; undefined if there are none. */
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
      // Several keys match the token, so try each.
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

/** The key with only what verification needs; empty if it is malformed or has another purpose. */
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
    // Skip only this key: an issuer may publish types that this version of Node does not support.
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
