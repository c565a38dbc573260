/** The function, called at most once: every call gives what the first gave, a promise that rejects too. */
export function once<Result>(call: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= call();
    return result;
  };
}
