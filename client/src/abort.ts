/** Follows the promise, or rejects with the signal's reason as soon as it aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).then(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * Runs with a signal that aborts once all of these have: a caller that goes away must not affect others.
 * @param signals undefined for a caller that never goes away
 */
export async function abortedByAll<T>(
  signals: readonly (AbortSignal | undefined)[],
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const callers = new Set(signals);
  const leave = (event: Event) => {
    callers.delete(event.target as AbortSignal);
    if (callers.size === 0) controller.abort();
  };
  for (const signal of callers) signal?.addEventListener('abort', leave);
  const followed = [...callers];
  try {
    return await run(controller.signal);
  } finally {
    for (const signal of followed) signal?.removeEventListener('abort', leave);
  }
}
