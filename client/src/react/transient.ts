import type { ErrorDetails } from '../errors.ts';

const TRANSIENT: ReadonlySet<string | undefined> = new Set([
  'NETWORK_ERROR',
  'RATE_LIMITED',
  'AUTHENTICATION_UNAVAILABLE',
  'CREDENTIALS_UNAVAILABLE',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
]);
const MAX_RETRIES = 2;
/** Whoever must wait longer is told so. */
const MAX_WAIT_SECONDS = 10;

/** May the next attempt succeed, and does the last response still hold? Not after a refusal, such as a sign-out. */
export function isTransient(error: Error): boolean {
  return TRANSIENT.has((error as Partial<ErrorDetails>).code);
}

function retry(failures: number, error: Error): boolean {
  return (
    failures < MAX_RETRIES && isTransient(error) && secondsTo(failures, error) <= MAX_WAIT_SECONDS
  );
}

/** In milliseconds. The same for all that failed together, so that they are asked together again. */
function retryDelay(failures: number, error: Error): number {
  return secondsTo(failures, error) * 1_000;
}

function secondsTo(failures: number, error: Error): number {
  return (error as Partial<ErrorDetails>).retryAfter ?? 2 ** failures;
}

/** What the queries of all hooks do after a failure. */
export const afterFailure = {
  retry,
  retryDelay,
  // What is shown after a failure may ask for the same. It would be replaced by what is shown while loading, and ask
  // again when that fails, without end.
  retryOnMount: false,
} as const;
