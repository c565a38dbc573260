/**
 * Why a call brought no usable response:
 * - `timeout`: there was none in time
 * - `unavailable`: the connection failed or broke off
 * - `invalid`: the response cannot be read
 * - `cancelled`: the caller disconnected
 * - `open`: the circuit breaker is open
 * - `overflow`: too many calls are waiting
 */
export type FailureKind = 'timeout' | 'unavailable' | 'invalid' | 'cancelled' | 'open' | 'overflow';

/** A call without a usable response. It contains nothing of the request, neither URL nor headers. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly kind: FailureKind;

  /** @param message the reason in a few words, safe to show to a caller */
  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** For a call whose caller no longer waits for it. */
export function callerLeft(): UpstreamFailure {
  return new UpstreamFailure('cancelled', 'the caller disconnected');
}

export function timedOut(): UpstreamFailure {
  return new UpstreamFailure('timeout', 'timeout');
}

/**
 * The promise's result, unless the caller disconnects first.
 * @param signal aborted when the caller disconnects
 * @throws {UpstreamFailure} `cancelled`, immediately; a later rejection of the promise is ignored
 */
export function unlessLeft<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: result, resolve, reject } = Promise.withResolvers<T>();
  const leave = () => reject(callerLeft());
  const stay = () => signal.removeEventListener('abort', leave);
  signal.addEventListener('abort', leave, { once: true });
  promise.then(resolve, reject).finally(stay);
  return result;
}
