/** A value, or a promise of one. */
export type MaybePromise<T> = T | Promise<T>;

/** What the function returns, or the error that it throws or rejects with. */
export function settled(give: () => unknown): unknown {
  try {
    return caught(give());
  } catch (error) {
    return asError(error);
  }
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
