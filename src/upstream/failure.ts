/**
 * Why a call brought no usable response:
 * - `timeout`: none in time
 * - `unavailable`: the connection failed or broke off
 * - `invalid`: the response cannot be read
 * - `cancelled`: the caller went away
 * - `open`: the breaker did not let it through
 * - `overflow`: too many calls were waiting already
 */
export type FailureKind = 'timeout' | 'unavailable' | 'invalid' | 'cancelled' | 'open' | 'overflow';

/** A call that brought no usable response. It holds nothing of the request: neither URL nor headers. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly kind: FailureKind;

  /** @param message the reason in a few words, safe to show to a caller */
  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Nobody waits for the response any more. */
export function callerLeft(): UpstreamFailure {
  return new UpstreamFailure('cancelled', 'the caller disconnected');
}

export function timedOut(): UpstreamFailure {
  return new UpstreamFailure('timeout', 'timeout');
}

/**
 * What the promise gives, unless the caller goes away before.
 * @param signal aborted when the caller goes away
 * @throws {UpstreamFailure} `cancelled`, at once; what the promise rejects with then is nobody's
 */
export function unlessLeft<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: result, resolve, reject } = Promise.withResolvers<T>();
  const leave = () => reject(callerLeft());
  const stay = () => signal.removeEventListener('abort', leave);
  signal.addEventListener('abort', leave, { once: true });
  promise.then(resolve, reject).finally(stay);
  return result;
}
