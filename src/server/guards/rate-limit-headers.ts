import { type Count, WINDOW_SECONDS } from './limiter.ts';

/**
 * The fields of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/: lists of strings with
 * parameters (RFC 9651), one for each limit.
 * @param counts by the names of their policies
 */
export function rateLimitHeaders(counts: ReadonlyMap<string, Count>): Record<string, string> {
  const list = (parametersOf: (count: Count) => string) =>
    Array.from(counts, ([policy, count]) => `"${policy}";${parametersOf(count)}`).join(', ');
  return {
    'RateLimit-Policy': list(({ limit }) => `q=${limit};w=${WINDOW_SECONDS}`),
    RateLimit: list(({ remaining, resetSeconds }) => `r=${remaining};t=${resetSeconds}`),
  };
}
