/** A command took too long. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/** @throws {TooSlow} if the promise has not settled in time */
export function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // If this process was busy for long, the timer is due although the response has arrived: it is read first.
    const expire = () =>
      setImmediate(() => reject(new TooSlow(`a command took more than ${ms} ms`)));
    const timer = setTimeout(expire, ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
