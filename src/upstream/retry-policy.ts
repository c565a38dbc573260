import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamResponse } from './response.ts';

/** A response without its body. */
export type ResponseHead = Pick<UpstreamResponse, 'status' | 'headers'>;

/** A vendor's own rules for being asked again. */
export interface RetryPolicy {
  /** Does the response say that the caller asks too often? */
  isRateLimit(head: ResponseHead): boolean;
  /** May another attempt bring a better response? A success is never retried. */
  isRetryable(head: ResponseHead): boolean;
  /** Seconds until the vendor wants to be asked again; undefined where it does not say. */
  secondsToWait(head: ResponseHead): number | undefined;
}

const RATE_LIMITED = 429;
/** Statuses that another attempt may not meet again. */
const RETRYABLE: ReadonlySet<number> = new Set([RATE_LIMITED, 500, 502, 503, 504]);

/** HTTP's own rules: 429 (RFC 6585, 4), the server errors that may pass, and `Retry-After`. */
export const httpPolicy: RetryPolicy = {
  isRateLimit: ({ status }) => status === RATE_LIMITED,
  isRetryable: ({ status }) => RETRYABLE.has(status),
  secondsToWait: ({ headers }) => readRetryAfter(headers),
};

/**
 * HTTP's rules, and a header with the seconds that are left of the rate limit's window, for want of a `Retry-After`.
 * The header counts on a 429 only: it is about a window, not about a fault.
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
 * `Retry-After` in seconds, or as a date (RFC 9110, 10.2.3); undefined where it is neither.
 * A date is compared with the vendor's clock, where the response has it: this machine's may be set to another time.
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
