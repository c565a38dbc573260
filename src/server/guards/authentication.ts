import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../lib/secret.ts';
import { refusal } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1). */
export function bearerToken(headers: Headers): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
}

/**
 * Lets callers in who bring one of the tokens, before anything of their request is parsed.
 * Another way to tell who calls, such as a JWT, takes the place of `isKnown`.
 */
export function createAuthentication(tokens: readonly Secret[]): ServerPlugin {
  const digests = tokens.map((token) => digest(token.reveal()));

  /** In constant time: neither where a token differs nor its length can be measured. */
  function isKnown(token: string): boolean {
    const presented = digest(token);
    return digests.map((known) => timingSafeEqual(known, presented)).includes(true);
  }

  return {
    onRequestParse({ request }) {
      const token = bearerToken(request.headers);
      if (token !== undefined && isKnown(token)) return;
      throw refusal(
        401,
        'UNAUTHENTICATED',
        token === undefined
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
