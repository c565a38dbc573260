import { z } from 'zod';
import { isSecureUrl, key, listOf, SECURE_URL_EXPECTED, secureUrl } from '../lib/env-types.ts';
import type { Secret } from '../lib/secret.ts';

/** How callers are authenticated, and how the log identifies them. */
export interface IdentitySettings {
  /** Undefined if JWTs are not accepted. */
  readonly jwt: JwtSettings | undefined;
  /** The key of callers' hashes in the log; if undefined, each process generates its own. */
  readonly logSecret: Secret | undefined;
}

/** Which tokens are accepted, and which claims identify the caller. */
export interface JwtSettings {
  /** Must equal `iss` exactly. */
  readonly issuer: string;
  /** The URL of the keys; if undefined, the issuer's discovery document gives it. */
  readonly jwksUrl: URL | undefined;
  /** `aud` must contain one of them. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  /** The names of the claims. */
  readonly claims: {
    readonly subject: string;
    readonly email: string;
    readonly emailVerified: string;
  };
}

/** Asymmetric algorithms: a public key verifies, but cannot sign (RFC 7518, RFC 8037, RFC 9864). */
const ASYMMETRIC = new Set(
  'RS256,RS384,RS512,PS256,PS384,PS512,ES256,ES384,ES512,EdDSA,Ed25519'.split(','),
);
/** Restricted, because it appears in the header `WWW-Authenticate`. */
const CLAIM_NAME = /^[\w:/.-]{1,128}$/;
const MIN_SECRET_LENGTH = 32;

const issuer = z
  .string()
  .trim()
  .refine(
    (text) => isSecureUrl(URL.parse(text)) && !text.includes('?') && !text.endsWith('#'),
    `${SECURE_URL_EXPECTED}, and without query`,
  );

const claimName = z
  .string()
  .trim()
  .regex(CLAIM_NAME, 'must be the name of a claim: letters, digits and _ : / . -');

const variables = z.object({
  JWT_ISSUER: issuer
    .optional()
    .describe(
      'lets in callers who sign in with OpenID Connect: the issuer’s URL, exactly as in its tokens',
    ),
  JWT_JWKS_URL: secureUrl
    .optional()
    .describe('the URL of the issuer’s keys, if its discovery document does not give it'),
  JWT_AUDIENCE: listOf((text) => text || undefined, 'must be audiences, separated by commas')
    .optional()
    .describe(
      'required with JWT_ISSUER: audiences, separated by commas; a token must be for one of them',
    ),
  JWT_ALGORITHMS: listOf(
    (text) => (ASYMMETRIC.has(text) ? text : undefined),
    `must be asymmetric algorithms, separated by commas: ${[...ASYMMETRIC].join(', ')}`,
  )
    .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
    .describe('accepted signature algorithms, separated by commas; asymmetric ones only'),
  JWT_SUBJECT_CLAIM: claimName.default('sub').describe('the claim that identifies the caller'),
  JWT_EMAIL_CLAIM: claimName
    .default('email')
    .describe('the claim with the caller’s e-mail address'),
  JWT_EMAIL_VERIFIED_CLAIM: claimName
    .default('email_verified')
    .describe('the claim that vouches for it'),
  LOG_SECRET: key
    .refine(
      (secret) => secret.reveal().length >= MIN_SECRET_LENGTH,
      `must have at least ${MIN_SECRET_LENGTH} characters, or the callers in the log could be guessed`,
    )
    .optional()
    .describe(
      'at least 32 characters: keeps the hashes of callers in the log the same across restarts and processes',
    ),
});

export const identitySettings = variables.transform((set, context) => {
  const { LOG_SECRET: logSecret, JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS_URL } = set;
  const complain = (name: keyof typeof set, message: string) => {
    context.addIssue({ code: 'custom', path: [name], message });
    return z.NEVER;
  };
  if (JWT_ISSUER === undefined) {
    return JWT_AUDIENCE === undefined && JWT_JWKS_URL === undefined
      ? { jwt: undefined, logSecret }
      : complain('JWT_ISSUER', 'must be set too if JWT_AUDIENCE or JWT_JWKS_URL is set');
  }
  if (JWT_AUDIENCE === undefined) {
    return complain(
      'JWT_AUDIENCE',
      'must be set too: otherwise the issuer’s tokens for other services would be accepted',
    );
  }
  const claims = {
    subject: set.JWT_SUBJECT_CLAIM,
    email: set.JWT_EMAIL_CLAIM,
    emailVerified: set.JWT_EMAIL_VERIFIED_CLAIM,
  };
  // `email_verified` says nothing about claims other than `email` (OpenID Connect Core, 5.1).
  if (claims.email !== 'email' && claims.emailVerified === 'email_verified') {
    return complain(
      'JWT_EMAIL_VERIFIED_CLAIM',
      'must name the claim that vouches for JWT_EMAIL_CLAIM: email_verified vouches for email only',
    );
  }
  const jwt = {
    issuer: JWT_ISSUER,
    jwksUrl: JWT_JWKS_URL,
    audiences: JWT_AUDIENCE,
    algorithms: set.JWT_ALGORITHMS,
    claims,
  };
  return { jwt, logSecret };
}) satisfies z.ZodType<IdentitySettings>;
