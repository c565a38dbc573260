import { createHmac, hash, randomBytes } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { ProxySettings } from '../upstream/settings.ts';
import { createTransport } from '../upstream/transport.ts';
import type { Caller } from './caller.ts';
import { fetchKeys } from './fetch-keys.ts';
import { type FetchReport, IssuerKeys } from './issuer-keys.ts';
import type { KeySet, VerifiedToken } from './key-set.ts';
import type { IdentitySettings, JwtSettings } from './settings.ts';
import { checkForm } from './token-form.ts';
import { TokenRefused, toRefusal, wrongType } from './token-refused.ts';

const MAX_TOKEN_LENGTH = 8_192;
/** For differences between servers' clocks. */
const TOLERANCE_SECONDS = 30;
/** OpenID Connect Core, 2. */
const MAX_SUBJECT_LENGTH = 255;

/** Verifies the JWT of a request and returns its caller (RFC 7519, RFC 8725). */
export class JwtVerifier {
  readonly #settings: JwtSettings;
  readonly #keys: IssuerKeys;
  readonly #hashKey: string;
  readonly #options: JWTVerifyOptions;

  /** Starts fetching the issuer's keys. */
  constructor(
    settings: JwtSettings,
    logSecret: IdentitySettings['logSecret'],
    proxy: ProxySettings,
    report: (report: FetchReport) => void,
  ) {
    const transport = createTransport(proxy);
    this.#settings = settings;
    this.#hashKey = logSecret?.reveal() ?? randomBytes(32).toString('hex');
    this.#options = {
      issuer: settings.issuer,
      audience: [...settings.audiences],
      algorithms: [...settings.algorithms],
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: ['exp', settings.claims.subject],
    };
    this.#keys = new IssuerKeys(() => fetchKeys(settings, transport), report);
    this.#keys.start();
  }

  /** Are there keys to verify tokens with? */
  get isReady(): boolean {
    return this.#keys.isReady;
  }

  /**
   * @throws {TokenRefused} if the token is not valid
   * @throws {KeysUnavailable} if there are no keys to verify it with
   */
  async verify(token: string): Promise<Caller> {
    if (token.length > MAX_TOKEN_LENGTH) {
      throw new TokenRefused(`The token is longer than ${MAX_TOKEN_LENGTH} characters.`);
    }
    const keys = await this.#keys.current();
    const id = hash('sha256', token, 'base64url');
    const known = keys.verified.get(id);
    if (known !== undefined && isCurrent(known)) return known.caller;
    checkForm(token, this.#settings.issuer);
    return this.#verifyWith(keys, token, id).catch(async (error: unknown) => {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw toRefusal(error);
      const newer = await this.#keys.newerThan(keys);
      if (newer === keys) throw toRefusal(error);
      return this.#verifyWith(newer, token, id).catch((failure: unknown) => {
        throw toRefusal(failure);
      });
    });
  }

  async #verifyWith(keys: KeySet, token: string, id: string): Promise<Caller> {
    const payload = await keys.verify(token, this.#options);
    const { exp: expires = Number.NaN, nbf: notBefore } = payload;
    // `1e999` parses as Infinity, which jose accepts: such a token would never expire.
    if (!Number.isFinite(expires)) throw wrongType('exp');
    const caller = this.#callerOf(payload);
    keys.verified.set(id, { caller, expires, notBefore });
    return caller;
  }

  #callerOf(payload: JWTPayload): Caller {
    const { issuer, claims } = this.#settings;
    const subject = payload[claims.subject];
    if (typeof subject !== 'string' || subject === '' || subject.length > MAX_SUBJECT_LENGTH) {
      throw new TokenRefused(
        `The claim ${claims.subject} of the token is not a string of 1 to ${MAX_SUBJECT_LENGTH} characters.`,
      );
    }
    const email = payload[claims.email];
    return {
      issuer,
      subject,
      email: typeof email === 'string' ? email : undefined,
      emailVerified: payload[claims.emailVerified] === true,
      hash: createHmac('sha256', this.#hashKey)
        .update(JSON.stringify([issuer, subject]))
        .digest('base64url'),
    };
  }
}

/** By the system's clock, as in jose. */
function isCurrent({ expires, notBefore = 0 }: VerifiedToken): boolean {
  const now = Math.floor(Date.now() / 1000);
  return expires > now - TOLERANCE_SECONDS && notBefore <= now + TOLERANCE_SECONDS;
}
