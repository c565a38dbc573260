import ky, { HTTPError, NetworkError, TimeoutError } from 'ky';
import type { RolecallError } from '../errors.ts';
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
  /** The HTTP status of the vendor's response, if there was one. */
  readonly status?: number;
  /** Why there was no response. */
  readonly failure?: FailureKind;
  /** 0 if a stored response was used. */
  readonly attempts: number;
  readonly durationMs: number;
  /** The age of the stored response that was used. */
  readonly ageMs?: number;
}

/** What `makeCall` needs besides the call. */
export interface Means {
  readonly settings: UpstreamSettings;
  readonly transport: Transport;
  readonly policy: RetryPolicy;
  readonly budget: RetryBudget;
  /** Whose share of the retry budget the retries count against. */
  readonly tenant: string;
  /** The most retries. */
  readonly retries: number;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
}

/** What a call needs from the request that it serves. */
export interface RequestScope {
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal;
  /** Reports to the log how a call to the vendor went. */
  readonly report: (report: CallReport) => void;
  /** Called if the vendor rejects the credentials, by a call of this request or one that it shares. */
  readonly reject?: () => void;
  /** Must the vendor be called, although a stored response is fresh? */
  readonly mustAskVendor: boolean;
  /** Reports the failure because of which a stale response is used. */
  readonly warn: (failure: RolecallError) => void;
  /** Says when a value that was fetched for this request was received, in milliseconds since 1970. */
  readonly received: (value: unknown, at: number) => void;
}

/** One call to a vendor. */
export interface Call extends Pick<RequestScope, 'signal' | 'report'> {
  /** Includes credentials, so it is not passed to ky, whose errors would contain it. */
  readonly message: Message;
  /** May it be retried? */
  readonly isRepeatable: boolean;
  /** A fingerprint of the credentials: failures and floods count against it alone. */
  readonly credential: string;
}

/**
 * Makes the attempts of one call. ky controls attempts, retries and timeouts; only this file uses it.
 * @returns the vendor's response, whatever its status
 * @throws {UpstreamFailure} if there is none
 */
export async function makeCall(
  { message, signal, report }: Call,
  { settings, transport, policy, budget, tenant, retries, deadline }: Means,
): Promise<UpstreamResponse> {
  const started = performance.now();
  let response: UpstreamResponse | undefined;
  let attempts = 0;
  /** Drawn once per attempt, so that `mayRetry` checks the same delay that ky then waits. */
  let random = 0;

  const delayBefore = (retry: number) =>
    retryDelay(retry, response && retryAfterSeconds(policy, response), random);

  /** Not if the delay would pass the deadline: an earlier retry would ignore what the vendor asked for. */
  function mayRetry(error: Error, retry: number): boolean {
    const isRetryable = error instanceof HTTPError || error instanceof NetworkError;
    return isRetryable && !signal.aborted && performance.now() + delayBefore(retry) < deadline;
  }

  // Ends the running attempt. A plain controller, because combining signals (as ky and Node do) is slow for small calls.
  const end = new AbortController();
  budget.countCall(tenant);
  try {
    // ky gets the status only. The body bypasses its streams, so that the timeout of an attempt covers the body too.
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
    // ky does not know that the caller has disconnected, and would sleep until the next attempt.
    await unlessLeft(signal, tried);
  } catch (error) {
    if (!(error instanceof HTTPError)) {
      // A timeout (of an attempt or of the call) and a disconnected caller end the call.
      end.abort();
      const failure = toFailure(error, signal);
      report({ failure: failure.kind, attempts, durationMs: performance.now() - started });
      throw failure;
    }
  }
  // It is set: ky either returned it or threw an HTTPError about it.
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

/** Contains Node's or undici's error code (`ECONNREFUSED`, `UND_ERR_SOCKET`), but no host name. */
function networkReason(error: NetworkError): string {
  const failed = error.cause as Error;
  const code = (failed.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? 'the connection failed' : `the connection failed: ${code}`;
}
