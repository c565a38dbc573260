/** A value, or a promise of one. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Calls `next` with what the function returns, or with the error that it throws or rejects with; at once if there is
 * nothing to wait for.
 */
export function settle<R>(
  give: () => unknown,
  next: (outcome: unknown) => MaybePromise<R>,
): MaybePromise<R> {
  let value: unknown;
  try {
    value = give();
  } catch (error) {
    return next(asError(error));
  }
  return isPromise(value) ? value.then(next, (error) => next(asError(error))) : next(value);
}

/** The value; a rejected promise becomes its error. */
export function caught(value: unknown): unknown {
  return isPromise(value) ? value.catch(asError) : value;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('failed');
}

/** Calls `next` at once if there is nothing to wait for: a promise per item would cost more than everything else. */
export function then<R>(
  value: unknown,
  next: (value: unknown) => MaybePromise<R>,
): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
