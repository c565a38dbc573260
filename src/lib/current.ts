/**
 * A value that may be replaced while the server runs. Read it once per request, and use that value until the request
 * ends.
 */
export interface Current<T> {
  readonly value: T;
}

/** For the code that updates the value; all other code only reads it. */
export function replace<T>(current: { value: T }, value: T): void {
  current.value = value;
}
