import type { ResponseHead, RetryPolicy } from './retry-policy.ts';

const MIN_DELAY_MS = 100;
const BASE_DELAY_MS = 200;
const MAX_WAIT_SECONDS = 86_400;

/** Seconds until the vendor accepts requests again, clamped to 1 second and 1 day; undefined if it does not say. */
export function retryAfterSeconds(policy: RetryPolicy, head: ResponseHead): number | undefined {
  const seconds = policy.secondsToWait(head);
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 1), MAX_WAIT_SECONDS);
}

/**
 * Milliseconds to wait before the next attempt: what the vendor asked for, or exponential backoff with full jitter,
 * so that several processes do not retry in step.
 * @param retry 1 for the first retry
 * @param random from 0 to 1
 */
export function retryDelay(retry: number, retryAfter: number | undefined, random: number): number {
  if (retryAfter !== undefined) return retryAfter * 1000;
  return MIN_DELAY_MS + random * (BASE_DELAY_MS * 2 ** (retry - 1));
}
