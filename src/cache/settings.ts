import { z } from 'zod';
import { wholeNumber } from '../lib/env-types.ts';

const DAY_SECONDS = 86_400;

/** How long a vendor's response may be used again (RFC 9111, RFC 5861). All 0: not at all. */
export interface CacheSettings {
  /** How long a response is fresh. */
  readonly ttlMs: number;
  /** How long after that it is served while it is refreshed. */
  readonly staleMs: number;
  /** How long after that it is served if the vendor fails. */
  readonly staleIfErrorMs: number;
}

/** Is any response used again? */
export function isCaching({ ttlMs, staleMs, staleIfErrorMs }: CacheSettings): boolean {
  return ttlMs + staleMs + staleIfErrorMs > 0;
}

const seconds = wholeNumber(0, DAY_SECONDS).default(0);

export const cacheSettings = z
  .object({
    CACHE_TTL_SECONDS: seconds.describe(
      'how long a vendor’s response is used again without a call',
    ),
    CACHE_STALE_SECONDS: seconds.describe('how long after that it is used while it is refreshed'),
    CACHE_STALE_IF_ERROR_SECONDS: seconds.describe(
      'how long after that it is used if the vendor fails',
    ),
  })
  .transform((set) => ({
    ttlMs: set.CACHE_TTL_SECONDS * 1_000,
    staleMs: set.CACHE_STALE_SECONDS * 1_000,
    staleIfErrorMs: set.CACHE_STALE_IF_ERROR_SECONDS * 1_000,
  })) satisfies z.ZodType<CacheSettings>;
