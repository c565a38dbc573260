import { z } from 'zod';
import { proxyUrl, ratio, wholeNumber } from '../lib/env-types.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How all vendors are called. docs/resilience.md explains each setting. */
export interface UpstreamSettings {
  /** For one call: all attempts, and the wait for a slot. */
  readonly deadlineMs: number;
  /** For one attempt, including its body. */
  readonly timeoutMs: number;
  readonly retries: number;
  /** Retries per call to a site, with a minimum (see RetryBudget). */
  readonly retryRatio: number;
  /** Failed calls in a row that open a credential's breaker. */
  readonly breakerFailures: number;
  readonly breakerResetMs: number;
  /** The most running calls per base URL, and the most waiting ones (`queue`). */
  readonly concurrency: number;
  readonly queue: number;
  /** The longest body that is accepted, decoded. */
  readonly maxBytes: number;
  /** 0 disables the parse cache. */
  readonly parseCacheMegabytes: number;
  readonly proxy: ProxySettings;
}

/** As in https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent. */
export interface ProxySettings {
  readonly httpsProxy: string | undefined;
  readonly httpProxy: string | undefined;
  readonly noProxy: string | undefined;
}

/** Proxy variables may be in lower or upper case; lower case wins, as in curl. */
export const upstreamSettings = z
  .object({
    UPSTREAM_DEADLINE_MS: wholeNumber(1, 10 * MINUTE_MS)
      .default(10_000)
      .describe('the deadline of a call to a vendor'),
    UPSTREAM_TIMEOUT_MS: wholeNumber(1, 10 * MINUTE_MS)
      .default(5_000)
      .describe('the timeout of each attempt'),
    UPSTREAM_RETRIES: wholeNumber(0, 10).default(2).describe('the most retries of a call'),
    UPSTREAM_RETRY_RATIO: ratio
      .default(0.1)
      .describe('the most retries per call to a vendor in trouble'),
    UPSTREAM_CONCURRENCY: wholeNumber(1, 10_000)
      .default(64)
      .describe('the most running calls per base URL'),
    UPSTREAM_QUEUE: wholeNumber(0, 100_000)
      .default(256)
      .describe('the most waiting calls per base URL'),
    UPSTREAM_MAX_BYTES: wholeNumber(1, 1024 ** 3)
      .default(4 * 1024 ** 2)
      .describe('the longest response body that is read'),
    BREAKER_FAILURES: wholeNumber(1, 1_000_000)
      .default(5)
      .describe('how many failed calls in a row open a credential’s circuit breaker'),
    BREAKER_RESET_MS: wholeNumber(1, HOUR_MS).default(10_000).describe('how long it stays open'),
    DOCUMENT_MEMORY_MB: wholeNumber(0, 100_000)
      .default(64)
      .describe(
        'memory for the parse cache, and as much again for responses that are used again; 0 disables it',
      ),
    https_proxy: proxyUrl.optional(),
    HTTPS_PROXY: proxyUrl.optional().describe('the proxy for calls to vendors'),
    http_proxy: proxyUrl.optional(),
    HTTP_PROXY: proxyUrl.optional().describe('the proxy for calls to vendors by http'),
    no_proxy: z.string().optional(),
    NO_PROXY: z
      .string()
      .optional()
      .describe('hosts that are called without a proxy, separated by commas'),
  })
  .transform((set) => ({
    deadlineMs: set.UPSTREAM_DEADLINE_MS,
    timeoutMs: set.UPSTREAM_TIMEOUT_MS,
    retries: set.UPSTREAM_RETRIES,
    retryRatio: set.UPSTREAM_RETRY_RATIO,
    concurrency: set.UPSTREAM_CONCURRENCY,
    queue: set.UPSTREAM_QUEUE,
    maxBytes: set.UPSTREAM_MAX_BYTES,
    breakerFailures: set.BREAKER_FAILURES,
    breakerResetMs: set.BREAKER_RESET_MS,
    parseCacheMegabytes: set.DOCUMENT_MEMORY_MB,
    proxy: {
      httpsProxy: set.https_proxy ?? set.HTTPS_PROXY,
      httpProxy: set.http_proxy ?? set.HTTP_PROXY,
      noProxy: set.no_proxy ?? set.NO_PROXY,
    },
  })) satisfies z.ZodType<UpstreamSettings>;
