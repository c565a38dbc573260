import { errors } from 'jose';

/** A token that proves nothing. The message says why, in characters that RFC 6750, 3 allows in a header. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** What a claim that is there says wrong. */
const CONTRADICTIONS: Readonly<Record<string, string>> = {
  iss: 'The token comes from another issuer (iss).',
  aud: 'The token is meant for another audience (aud).',
  nbf: 'The token is not valid yet (nbf).',
};

/** Says in our words what jose found: its errors hold the claims of the token. */
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
