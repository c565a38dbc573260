import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../lib/secret.ts';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/** Does the request bring one of the tokens of this server? */
export type IsAuthenticated = (request: Request) => boolean;

/** Another way to tell who calls, such as a JWT, takes this one's place. */
export function createTokenCheck(tokens: readonly Secret[]): IsAuthenticated {
  const digests = tokens.map((token) => digest(token.reveal()));

  return ({ headers }) => {
    const token = bearerToken(headers);
    if (token === undefined) return false;
    const presented = digest(token);
    // In constant time: neither where a token differs nor its length can be measured.
    return digests.map((known) => timingSafeEqual(known, presented)).includes(true);
  };
}

/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1). */
export function bearerToken(headers: Headers): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
}

/** Lets only those callers in, before anything of their request is parsed. */
export function createAuthentication(isAuthenticated: IsAuthenticated): ServerPlugin {
  return {
    onRequestParse({ request }) {
      if (isAuthenticated(request)) return;
      throw requestError(
        'UNAUTHENTICATED',
        bearerToken(request.headers) === undefined
          ? 'This server wants to know who calls: send the header Authorization: Bearer with your token.'
          : 'The token of the Authorization header is not one of this server’s.',
        { 'WWW-Authenticate': 'Bearer' },
      );
    },
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
