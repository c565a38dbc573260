import type { ResponseHead, RetryPolicy } from './retry-policy.ts';

const MIN_DELAY_MS = 100;
const BASE_DELAY_MS = 200;
const MAX_WAIT_SECONDS = 86_400;

/** Seconds until the vendor wants to be asked again, from 1 to a day whatever it says; undefined where it says nothing. */
export function retryAfterSeconds(policy: RetryPolicy, head: ResponseHead): number | undefined {
  const seconds = policy.secondsToWait(head);
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 1), MAX_WAIT_SECONDS);
}

/**
 * Milliseconds to wait before the next attempt: what the vendor asked for, else exponential with full jitter,
 * which keeps many copies of this server from retrying in step.
 * @param retry 1 for the first retry
 * @param random from 0 to 1
 */
export function retryDelay(retry: number, retryAfter: number | undefined, random: number): number {
  if (retryAfter !== undefined) return retryAfter * 1000;
  return MIN_DELAY_MS + random * (BASE_DELAY_MS * 2 ** (retry - 1));
}
