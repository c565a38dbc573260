import { errors } from 'jose';

/** The token is not valid. The message says why, in characters that a header allows (RFC 6750, 3). */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** Messages for claims with a wrong value. */
const CONTRADICTIONS: Readonly<Record<string, string>> = {
  iss: 'The token comes from another issuer (iss).',
  aud: 'The token is meant for another audience (aud).',
  nbf: 'The token is not valid yet (nbf).',
};

/** Converts jose's errors, which contain the token's claims, to our own. */
export function toRefusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    return new TokenRefused('The token has expired (exp): sign in again.');
  }
  if (error instanceof errors.JWTClaimValidationFailed) return claimRefusal(error);
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new TokenRefused('The token is signed with an algorithm that is not accepted (alg).');
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return new TokenRefused(
      'The token is signed with a key that its issuer does not publish (kid).',
    );
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new TokenRefused('The token has an invalid signature.');
  }
  if (error instanceof errors.JOSENotSupported) {
    return new TokenRefused('The token needs an extension that is not supported (crit).');
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return new TokenRefused('The token is not a well-formed JWT.');
  }
  return error;
}

export function wrongType(claim: string): TokenRefused {
  return new TokenRefused(`The claim ${claim} of the token has the wrong type.`);
}

function claimRefusal({ claim, reason }: errors.JWTClaimValidationFailed): TokenRefused {
  if (reason === 'missing') return new TokenRefused(`The token has no claim ${claim}.`);
  const contradiction = reason === 'check_failed' ? CONTRADICTIONS[claim] : undefined;
  return contradiction === undefined ? wrongType(claim) : new TokenRefused(contradiction);
}
