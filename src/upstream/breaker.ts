import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { UpstreamFailure } from './failure.ts';
import type { Reply } from './reply.ts';

/** Lets calls through to one base URL until too many fail in a row, then one at a time to probe. */
export interface Breaker {
  /** @throws {UpstreamFailure} `open`, at once, where calls are not let through */
  check(): void;
  /** As `check`, then makes the call and counts how it went. */
  execute(call: () => Promise<Reply>): Promise<Reply>;
}

/**
 * @param failures calls that fail in a row, each after its retries, before it opens
 * @param resetMs how long it stays open before a call probes
 */
export function createBreaker(failures: number, resetMs: number): Breaker {
  const isProbing = () => policy.state === CircuitState.HalfOpen;
  const policy = circuitBreaker(
    handleWhen(
      (error) => isFaultOfVendor(error) || (isProbing() && isCancelled(error)),
    ).orWhenResult((result) => (result as Reply).status >= 500),
    { halfOpenAfter: resetMs, breaker: new ConsecutiveBreaker(failures) },
  );
  let openUntil = 0;
  policy.onBreak(() => {
    openUntil = Date.now() + resetMs;
  });

  function check(): void {
    // cockatiel would let a second call wait for the probe's end, which can take as long as the vendor likes.
    if (isProbing() || (policy.state === CircuitState.Open && Date.now() < openUntil)) {
      throw refusal(failures);
    }
  }

  return {
    check,
    async execute(call) {
      check();
      try {
        return await policy.execute(call);
      } catch (error) {
        if (error instanceof BrokenCircuitError) throw refusal(failures);
        throw error;
      }
    },
  };
}

function isFaultOfVendor(error: unknown): boolean {
  return error instanceof UpstreamFailure && ['timeout', 'unavailable'].includes(error.kind);
}

/** A probe whose caller went away has shown nothing, so it must not close the breaker. */
function isCancelled(error: unknown): boolean {
  return error instanceof UpstreamFailure && error.kind === 'cancelled';
}

function refusal(failures: number): UpstreamFailure {
  return new UpstreamFailure(
    'open',
    `${failures} calls failed in a row, so it is left alone for a moment`,
  );
}
