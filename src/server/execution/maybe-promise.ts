/** A value, or a promise of one, which is then waited for. */
export type MaybePromise<T> = T | Promise<T>;

/** What the function returns, or the error that it fails with. */
export function settled(give: () => unknown): unknown {
  try {
    return caught(give());
  } catch (error) {
    return asError(error);
  }
}

/** The value; a promise that fails gives the error. */
export function caught(value: unknown): unknown {
  return isPromise(value) ? value.catch(asError) : value;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('failed');
}

/** The next value, at once where there is nothing to wait for: a promise for each item would cost more than the rest. */
export function then<R>(
  value: unknown,
  next: (value: unknown) => MaybePromise<R>,
): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
