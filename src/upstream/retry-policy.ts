import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamResponse } from './response.ts';

/** A response without its body. */
export type ResponseHead = Pick<UpstreamResponse, 'status' | 'headers'>;

/** A vendor's rules for rate limits and retries. */
export interface RetryPolicy {
  /** Does the response mean that a rate limit is exceeded? */
  isRateLimit(head: ResponseHead): boolean;
  /** May another attempt bring a better response? A success is never retried. */
  isRetryable(head: ResponseHead): boolean;
  /** Seconds until the vendor accepts requests again; undefined if it does not say. */
  secondsToWait(head: ResponseHead): number | undefined;
}

const RATE_LIMITED = 429;
/** Statuses that may be gone at the next attempt. */
const RETRYABLE: ReadonlySet<number> = new Set([RATE_LIMITED, 500, 502, 503, 504]);

/** HTTP's own rules: 429 (RFC 6585, 4), temporary server errors, and `Retry-After`. */
export const httpPolicy: RetryPolicy = {
  isRateLimit: ({ status }) => status === RATE_LIMITED,
  isRetryable: ({ status }) => RETRYABLE.has(status),
  secondsToWait: ({ headers }) => readRetryAfter(headers),
};

/**
 * HTTP's rules, and a header with the seconds left in the rate limit's window, which is used if there is no `Retry-After`.
 * The header counts only with 429, because it does not say when a server error will pass.
 * @param header in lower case
 */
export function windowPolicy(header: string): RetryPolicy {
  return {
    ...httpPolicy,
    secondsToWait(head) {
      const seconds = httpPolicy.secondsToWait(head);
      if (seconds !== undefined || !httpPolicy.isRateLimit(head)) return seconds;
      return parseSeconds(head.headers[header]);
    },
  };
}

/**
 * `Retry-After` in seconds, or as a date (RFC 9110, 10.2.3); undefined if it is neither.
 * A date is compared with the response's own `Date`, if it has one, because this machine's clock may be wrong.
 */
export function readRetryAfter(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['retry-after'];
  const time = parseDate(value);
  if (time === undefined) return parseSeconds(value);
  return Math.ceil((time - (parseDate(headers.date) ?? Date.now())) / 1000);
}

function parseSeconds(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)
    ? Math.ceil(Number(value))
    : undefined;
}

function parseDate(value: string | undefined): number | undefined {
  // HTTP dates name the day of the week first; Date.parse alone would also take "-5".
  if (value === undefined || !/^[A-Z][a-z]+,? /.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
