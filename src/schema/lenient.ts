import { RolecallError } from '../errors.ts';

/**
 * Stands where a field's value should: the vendor's value does not fit the field's type, or could not be fetched.
 * graphql-js completes a value that is an Error as if its resolver had thrown it
 * (https://spec.graphql.org/October2021/#sec-Handling-Field-Errors), so it becomes that one field's error.
 */
export type InvalidValue = RolecallError;

/** The value of a field that may be unknown or invalid. Code that derives something from it reads it with `known` or `valid`. */
export type Lenient<T> = T | null | InvalidValue;

/** The value; null where it is unknown or invalid. */
export function known<T>(value: Lenient<T>): T | null {
  return value instanceof RolecallError ? null : value;
}

/**
 * The value; null where it is unknown.
 * @throws {RolecallError} where it is invalid
 */
export function valid<T>(value: Lenient<T>): T | null {
  if (value instanceof RolecallError) throw value;
  return value;
}

type Scalar = string | number | boolean;

/**
 * A shape as Pothos' fields take it. Pothos does not know that a field may hold an Error, so it is left out of the
 * members that can be exposed as they are: scalars and lists of them. Resolvers still have to read all others with
 * `known` or `valid`.
 */
export type Exposed<Shape> = {
  readonly [Member in keyof Shape]: Shape[Member] extends Lenient<Scalar | readonly Scalar[]>
    ? Exclude<Shape[Member], InvalidValue>
    : Shape[Member];
};
