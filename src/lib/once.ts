/** Calls the function at most once: later calls return the first call's promise, even if it rejects. */
export function once<Result>(call: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= call();
    return result;
  };
}
