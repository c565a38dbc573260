import ky, { HTTPError, NetworkError, TimeoutError } from 'ky';
import { attempt, type Reply } from './attempt.ts';
import { UpstreamFailure } from './failure.ts';
import { RETRYABLE_STATUSES, retryAfterSeconds, retryDelay } from './retry.ts';

const ATTEMPT_TIMEOUT_MS = 5_000;
const DEADLINE_MS = 10_000;
const RETRIES = 2;

export interface Call {
  readonly url: URL;
  /** Everything that is sent, credentials included: they go to the wire past ky, whose errors hold what it was given. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/**
 * One GET as a caller of a vendor wants it: attempts, retries and timeouts are ky's.
 * The only place that knows ky, and the place where budgets and breakers belong.
 * @returns the vendor's answer, whatever its status
 * @throws {UpstreamFailure} where there is none
 */
export async function get({ url, headers, signal }: Call): Promise<Reply> {
  const deadline = performance.now() + DEADLINE_MS;
  let reply: Reply | undefined;
  let delay = 0;

  /** Sets `delay`; false where the wait would end after the deadline, since an early retry helps nobody. */
  function shouldRetry(error: Error, retry: number): boolean {
    if (error instanceof HTTPError) {
      delay = retryDelay(retry, retryAfterSeconds(reply?.headers ?? {}));
    } else if (error instanceof NetworkError) {
      delay = retryDelay(retry, undefined);
    } else {
      return false;
    }
    return performance.now() + delay < deadline;
  }

  try {
    // ky sees the status alone: the body stays out of its streams, so that an attempt's timeout covers it too.
    await ky(url, {
      signal,
      timeout: ATTEMPT_TIMEOUT_MS,
      totalTimeout: DEADLINE_MS,
      throwHttpErrors: (status) => RETRYABLE_STATUSES.has(status),
      retry: {
        limit: RETRIES,
        delay: () => delay,
        shouldRetry: ({ error, retryCount }) => shouldRetry(error, retryCount),
      },
      fetch: async (input) => {
        reply = await attempt(url, headers, (input as Request).signal);
        return statusOnly(reply.status);
      },
    });
  } catch (error) {
    if (!(error instanceof HTTPError)) throw toFailure(error, signal);
  }
  // Unreachable without a reply: ky either had one or threw something else than an HTTPError.
  return reply as Reply;
}

function statusOnly(status: number): Response {
  if (status < 200 || status > 599) {
    throw new UpstreamFailure(
      'invalid',
      `it answered with status ${status}, which HTTP does not know`,
    );
  }
  return new Response(null, { status });
}

function toFailure(error: unknown, signal: AbortSignal): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  if (signal.aborted) return new UpstreamFailure('cancelled', 'the caller went away');
  if (error instanceof TimeoutError) {
    return new UpstreamFailure('timeout', 'it did not answer in time');
  }
  if (error instanceof NetworkError)
    return new UpstreamFailure('unavailable', networkReason(error));
  throw error;
}

/** Node's or undici's code for what went wrong (`ECONNREFUSED`, `UND_ERR_SOCKET`): it names no host. */
function networkReason(error: NetworkError): string {
  const failed = error.cause as Error;
  const code = (failed.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined ? 'the connection failed' : `the connection failed: ${code}`;
}
