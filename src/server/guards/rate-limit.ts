import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { fingerprint, Secret } from '../../lib/secret.ts';
import { refusal } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';
import type { ServerSettings } from '../settings.ts';
import { bearerToken } from './authentication.ts';

const WINDOW_SECONDS = 60;

/**
 * Bounds the operations of each caller. A caller is a token, else the vendors' credentials, else an address.
 * Each process counts for itself.
 * @param keyHeaders those that carry vendors' keys; none where they are not taken from requests
 */
export function createRateLimit(
  { clientTokens, rateLimit, trustProxy }: ServerSettings,
  keyHeaders: readonly string[],
): ServerPlugin {
  const limiter = new RateLimiterMemory({ points: rateLimit, duration: WINDOW_SECONDS });

  function callerOf(headers: Headers, connection: IncomingMessage | undefined): string {
    // A token that nobody checks is anything that the caller likes.
    const token = clientTokens.length > 0 ? bearerToken(headers) : undefined;
    if (token !== undefined) return fingerprint(new Secret(token));
    const keys = keyHeaders.map((name) => headers.get(name) ?? '');
    if (keys.some(Boolean)) return fingerprint(...keys.map((key) => new Secret(key)));
    return connection === undefined ? 'unknown' : proxyAddr(connection, trustProxy);
  }

  return {
    onRequestParse({ request, serverContext: { req } }) {
      return {
        async onRequestParseDone({ requestParserResult: params }) {
          const operations = Array.isArray(params) ? params.length : 1;
          try {
            await limiter.consume(callerOf(request.headers, req), operations);
          } catch (rejection) {
            if (rejection instanceof Error) throw rejection;
            const seconds = Math.ceil((rejection as RateLimiterRes).msBeforeNext / 1000);
            throw refusal(
              429,
              'RATE_LIMITED',
              `More than ${rateLimit} operations in a minute. Try again in ${seconds} seconds.`,
              { 'Retry-After': String(seconds) },
            );
          }
        },
      };
    },
  };
}
