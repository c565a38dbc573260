import { createHash, timingSafeEqual } from 'node:crypto';
import type { GraphQLError } from 'graphql';
import { KeysUnavailable } from '../../identity/issuer-keys.ts';
import { TokenRefused } from '../../identity/token-refused.ts';
import type { JwtVerifier } from '../../identity/verifier.ts';
import type { Current } from '../../lib/current.ts';
import { onceForEach } from '../../lib/once-for-each.ts';
import { Secret } from '../../lib/secret.ts';
import { requestError } from '../errors/request-error.ts';
import type { Authentication, ServerContext, ServerPlugin } from '../plugin.ts';

/** Checks the token of a request, and stores the result in the context. */
export type TokenCheck = (request: Request, context: ServerContext) => Promise<void>;

/**
 * Only stores the result, so that the rate limit counts a caller before `authenticatedOnly` refuses it.
 * @param verifier undefined if JWTs are not accepted
 */
export function createTokenCheck(
  tokens: Current<readonly Secret[]>,
  verifier: JwtVerifier | undefined,
): TokenCheck {
  const digestsOf = onceForEach((all: readonly Secret[]) =>
    all.map((token) => digest(token.reveal())),
  );

  /** In constant time, so that timing reveals neither the position of a difference nor the length. */
  function isOurs(token: string): boolean {
    const presented = digest(token);
    return digestsOf(tokens.value)
      .map((known) => timingSafeEqual(known, presented))
      .includes(true);
  }

  async function authenticate(headers: Headers, context: ServerContext): Promise<Authentication> {
    const token = bearerToken(headers);
    if (token === undefined) {
      return refused('This server requires a token: send it in the header Authorization: Bearer.');
    }
    if (isOurs(token)) {
      return accepted('token', token);
    }
    if (verifier === undefined) {
      return refused('The token in the Authorization header is not valid for this server.');
    }
    try {
      context.caller = await verifier.verify(token);
      return accepted('person', context.caller.issuer, context.caller.subject);
    } catch (error) {
      return { state: 'refused', error: toHttpError(error) };
    }
  }

  return async ({ headers }, context) => {
    context.authentication = await authenticate(headers, context);
  };
}

/** Checks the token of each operation. */
export function createAuthentication(checkToken: TokenCheck): ServerPlugin {
  return { onRequestParse: ({ request, serverContext }) => checkToken(request, serverContext) };
}

/** Refuses requests without an accepted token, before anything of them is parsed. */
export const authenticatedOnly: ServerPlugin = {
  onRequestParse: ({ serverContext }) => assertAuthenticated(serverContext),
};

/** @throws {GraphQLError} if the token was not accepted */
export function assertAuthenticated({ authentication }: ServerContext): void {
  if (authentication?.state === 'accepted') return;
  throw authentication?.error ?? new Error('the token was not looked at');
}

/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1). */
function bearerToken(headers: Headers): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
}

/** @throws any error that neither the token nor the issuer has caused */
function toHttpError(error: unknown): GraphQLError {
  if (error instanceof TokenRefused) {
    const challenge = `Bearer error="invalid_token", error_description="${error.message}"`;
    return unauthenticated(error.message, challenge);
  }
  if (error instanceof KeysUnavailable) {
    return requestError(
      'AUTHENTICATION_UNAVAILABLE',
      'Tokens cannot be verified at the moment, because the issuer’s keys could not be fetched. Try again in a minute.',
    );
  }
  throw error;
}

function accepted(kind: string, ...texts: readonly string[]): Authentication {
  return { state: 'accepted', caller: { kind, secrets: texts.map((text) => new Secret(text)) } };
}

function refused(message: string): Authentication {
  return { state: 'refused', error: unauthenticated(message) };
}

/** @param challenge says what is wrong with a JWT (RFC 6750, 3) */
function unauthenticated(message: string, challenge = 'Bearer'): GraphQLError {
  return requestError('UNAUTHENTICATED', message, { 'WWW-Authenticate': challenge });
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
