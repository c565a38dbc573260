import ky, { HTTPError, NetworkError, TimeoutError } from 'ky';
import { attempt, type Message } from './attempt.ts';
import { callerLeft, type FailureKind, timedOut, UpstreamFailure, unlessLeft } from './failure.ts';
import type { UpstreamResponse } from './response.ts';
import { retryAfterSeconds, retryDelay } from './retry.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { UpstreamSettings } from './settings.ts';
import type { Transport } from './transport.ts';

/** How a call went, for the log. */
export interface CallReport {
  /** The HTTP status of the vendor's response, where there was one. */
  readonly status?: number;
  /** Why there was none. */
  readonly failure?: FailureKind;
  readonly attempts: number;
  readonly durationMs: number;
}

/** What a call is made with. */
export interface Means {
  readonly settings: UpstreamSettings;
  readonly transport: Transport;
  readonly policy: RetryPolicy;
  readonly budget: RetryBudget;
  /** Whose share of the budget its retries come out of. */
  readonly tenant: string;
  /** How many there may be. */
  readonly retries: number;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
}

/** What a call needs to know of the request that it serves. */
export interface RequestScope {
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /** Reports to the log how a call to the vendor went. */
  readonly report: (report: CallReport) => void;
}

/** One call to a vendor. */
export interface Call extends RequestScope {
  /** Credentials included: it goes to the wire past ky, whose errors hold what it was given. */
  readonly message: Message;
  /** May it be sent again after a failure? */
  readonly isRepeatable: boolean;
  /** A fingerprint of the credentials: by it, a caller who floods or fails is distinguished from others. */
  readonly credential: string;
}

/**
 * Makes the attempts of one call. Attempts, retries and timeouts are ky's: this is the only place that knows it.
 * @returns the vendor's response, whatever its status
 * @throws {UpstreamFailure} where there is none
 */
export async function makeCall(
  { message, signal, report }: Call,
  { settings, transport, policy, budget, tenant, retries, deadline }: Means,
): Promise<UpstreamResponse> {
  const started = performance.now();
  let response: UpstreamResponse | undefined;
  let attempts = 0;
  /** Drawn once for each attempt, so that the same delay is compared with the deadline and waited for. */
  let random = 0;

  const delayBefore = (retry: number) =>
    retryDelay(retry, response && retryAfterSeconds(policy, response), random);

  /** Where the wait would end after the deadline it may not, since an early retry helps nobody. */
  function mayRetry(error: Error, retry: number): boolean {
    const isRetryable = error instanceof HTTPError || error instanceof NetworkError;
    return isRetryable && !signal.aborted && performance.now() + delayBefore(retry) < deadline;
  }

  // Ends the attempt that is under way. ky and Node would make signals of signals, at a price that a small call feels.
  const end = new AbortController();
  budget.countCall(tenant);
  try {
    // ky sees the status alone: the body stays out of its streams, so that an attempt's timeout covers it too.
    const tried = ky(message.url, {
      timeout: settings.timeoutMs,
      totalTimeout: Math.max(1, deadline - performance.now()),
      throwHttpErrors: () => response !== undefined && policy.isRetryable(response),
      retry: {
        limit: retries,
        delay: delayBefore,
        shouldRetry: ({ error, retryCount }) =>
          mayRetry(error, retryCount) && budget.takeRetry(tenant),
      },
      fetch: async () => {
        attempts += 1;
        random = Math.random();
        response = undefined;
        response = await attempt(message, end.signal, settings.maxBytes, transport);
        return statusOnly(response.status);
      },
    });
    // ky does not learn of a caller who leaves, and would sleep until its next attempt.
    await unlessLeft(signal, tried);
  } catch (error) {
    if (!(error instanceof HTTPError)) {
      // A timeout, of an attempt or of all, is the end of the call, as the caller's leaving is.
      end.abort();
      const failure = toFailure(error, signal);
      report({ failure: failure.kind, attempts, durationMs: performance.now() - started });
      throw failure;
    }
  }
  // There is one: ky either had it or threw something else than an HTTPError.
  const last = response as UpstreamResponse;
  report({ status: last.status, attempts, durationMs: performance.now() - started });
  return last;
}

function statusOnly(status: number): Response {
  if (status < 200 || status > 599) {
    throw new UpstreamFailure('invalid', `its HTTP status, ${status}, is invalid`);
  }
  return new Response(null, { status });
}

function toFailure(error: unknown, signal: AbortSignal): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  if (signal.aborted) return callerLeft();
  if (error instanceof TimeoutError) return timedOut();
  if (error instanceof NetworkError) {
    return new UpstreamFailure('unavailable', networkReason(error));
  }
  throw error;
}

/** Node's or undici's code for what went wrong (`ECONNREFUSED`, `UND_ERR_SOCKET`): it names no host. */
function networkReason(error: NetworkError): string {
  const failed = error.cause as Error;
  const code = (failed.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? 'the connection failed' : `the connection failed: ${code}`;
}
