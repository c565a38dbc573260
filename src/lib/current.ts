/**
 * A value that may be replaced while the server runs. Look at it once for each request, and keep what you saw until
 * that request ends.
 */
export interface Current<T> {
  readonly value: T;
}

/** Only what keeps the value up to date calls this; everyone else reads. */
export function replace<T>(current: { value: T }, value: T): void {
  current.value = value;
}
