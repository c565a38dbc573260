import { RolecallError } from '../errors.ts';

/**
 * Replaces a field's value that has the wrong type or could not be fetched. If a value is an Error, graphql-js behaves as
 * if the resolver had thrown it (https://spec.graphql.org/October2021/#sec-Handling-Field-Errors), so it becomes an error
 * of that field only.
 */
export type InvalidValue = RolecallError;

/** A field's value, which may be unknown (null) or invalid. Code must read it with `known` or `valid`. */
export type Lenient<T> = T | null | InvalidValue;

/** The value; null if it is unknown or invalid. */
export function known<T>(value: Lenient<T>): T | null {
  return value instanceof RolecallError ? null : value;
}

/**
 * The value; null if it is unknown.
 * @throws {RolecallError} if it is invalid
 */
export function valid<T>(value: Lenient<T>): T | null {
  if (value instanceof RolecallError) throw value;
  return value;
}

type Scalar = string | number | boolean;

/**
 * A shape for Pothos' `expose` methods, which do not know that a value may be an Error: members that can be exposed
 * directly (scalars and lists of them) have the type without it. Resolvers must read other members with `known` or `valid`.
 */
export type Exposed<Shape> = {
  readonly [Member in keyof Shape]: Shape[Member] extends Lenient<Scalar | readonly Scalar[]>
    ? Exclude<Shape[Member], InvalidValue>
    : Shape[Member];
};
