import type { IncomingHttpHeaders } from 'node:http';

/** Statuses that a later try may not meet again. */
export const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

const RATE_LIMITED = 429;
const MIN_DELAY_MS = 100;
const BASE_DELAY_MS = 200;
const MAX_WAIT_SECONDS = 86_400;

/**
 * Seconds until the vendor wants to be asked again; undefined where no header says it in a way that can be read.
 * `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), else Datadog's `X-RateLimit-Reset` in seconds
 * (https://docs.datadoghq.com/api/latest/rate-limits/): it tells of a window, not of a fault, and counts on a 429 only.
 * From 1 second to a day, whatever the header says.
 * @param now on the vendor's clock, where the response tells it: this machine's may be set to another time
 */
export function retryAfterSeconds(
  status: number,
  headers: IncomingHttpHeaders,
  now = parseDate(headers.date) ?? Date.now(),
): number | undefined {
  const seconds =
    parseSeconds(headers['retry-after']) ??
    secondsUntil(parseDate(headers['retry-after']), now) ??
    (status === RATE_LIMITED ? parseSeconds(headers['x-ratelimit-reset']) : undefined);
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 1), MAX_WAIT_SECONDS);
}

/**
 * Milliseconds to wait before the next try: what the vendor asked for, else exponential with full jitter,
 * which keeps many copies of this server from retrying in step.
 * @param retry 1 for the first retry
 */
export function retryDelay(
  retry: number,
  retryAfter: number | undefined,
  random = Math.random(),
): number {
  if (retryAfter !== undefined) return retryAfter * 1000;
  return MIN_DELAY_MS + random * (BASE_DELAY_MS * 2 ** (retry - 1));
}

function parseSeconds(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)
    ? Math.ceil(Number(value))
    : undefined;
}

function secondsUntil(time: number | undefined, now: number): number | undefined {
  return time === undefined ? undefined : Math.ceil((time - now) / 1000);
}

function parseDate(value: string | undefined): number | undefined {
  // HTTP dates name the day of the week first; Date.parse alone would also take "-5".
  if (value === undefined || !/^[A-Z][a-z]+,? /.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
