import type { GraphQLScalarType } from 'graphql';
import { RolecallError } from '../errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { scalars } from '../schema/scalars.ts';
import type { VendorTexts } from '../upstream/vendor.ts';

/**
 * Stands where a field's value should, when the vendor's value does not fit the field's type.
 * graphql-js completes a value that is an Error as if its resolver had thrown it
 * (https://spec.graphql.org/October2021/#sec-Handling-Field-Errors), so it becomes that one field's error.
 */
export class InvalidValue extends RolecallError {}

/**
 * The value of a field that may be unknown. At run time an Error can stand in its place, such as an `InvalidValue`;
 * the type leaves it out, so that the fields of the schema can be exposed without a resolver each.
 * Code that derives something from a value reads it through `known`.
 */
export type Lenient<T> = T | null;

/** The value, or null where it is unknown or an error stands in its place. */
export function known<T>(value: Lenient<T>): T | null {
  return (value as unknown) instanceof Error ? null : value;
}

/**
 * The value, or null where it is unknown.
 * @throws {RolecallError} where one stands in its place
 */
export function valid<T>(value: Lenient<T>): T | null {
  if ((value as unknown) instanceof Error) throw value;
  return value;
}

/** The first text that has something to show in it. */
export function firstText(...texts: readonly Lenient<string>[]): string | null {
  return texts.map(known).find((text) => text !== null && text.trim() !== '') ?? null;
}

/** Reads members of one vendor's JSON objects as the types of the schema, without any coercion. */
export function valueReader({ name: provider, title }: Pick<VendorTexts, 'name' | 'title'>) {
  /** Says that `name` is not `expected`, in the value's place. */
  function invalid<T>(name: string, expected: string): Lenient<T> {
    const message = `${title} sent a \`${name}\` that is not ${expected}, so it is left out.`;
    const error = new InvalidValue(message, { code: 'UPSTREAM_INVALID_VALUE', provider });
    return error as unknown as Lenient<T>;
  }

  function read<T>(
    from: JsonObject,
    key: string,
    expected: string,
    fits: (value: unknown) => boolean,
  ): Lenient<T> {
    const value = from[key];
    // Vendors write "" where they have nothing to say.
    if (value === undefined || value === null || value === '') return null;
    if (fits(value)) return value as T;
    return invalid(key, expected);
  }

  return {
    text: (from: JsonObject, key: string) => read<string>(from, key, 'a text', isText),
    boolean: (from: JsonObject, key: string) =>
      read<boolean>(from, key, 'true or false', isBoolean),
    texts: (from: JsonObject, key: string) =>
      read<readonly string[]>(from, key, 'a list of texts', isTexts),
    safeInt: (from: JsonObject, key: string) =>
      read<number>(from, key, 'a whole number', Number.isSafeInteger),
    dateTime: (from: JsonObject, key: string) =>
      read<string>(from, key, 'a date and time (RFC 3339)', fitsDateTime),
    email: (from: JsonObject, key: string) =>
      read<string>(from, key, 'an e-mail address', fitsEmailAddress),
    url: (from: JsonObject, key: string) =>
      read<string>(from, key, 'an http or https URL', fitsUrl),
    uuid: (from: JsonObject, key: string) => read<string>(from, key, 'a UUID', fitsUuid),
    invalid,
  };
}

const isText = (value: unknown) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

const MAX_REMEMBERED = 5_000;
/** Longer than any timestamp. */
const MAX_REMEMBERED_LENGTH = 40;

const fitsDateTime = remembering(fitsScalar(scalars.DateTime));
const fitsEmailAddress = fitsScalar(scalars.EmailAddress);
const fitsUrl = fitsScalar(scalars.URL);
const fitsUuid = fitsScalar(scalars.UUID);

function fitsScalar(scalar: GraphQLScalarType): (value: unknown) => boolean {
  return (value) => {
    if (typeof value !== 'string') return false;
    try {
      scalar.parseValue(value);
      return true;
    } catch {
      return false;
    }
  };
}

/** For what comes again and again, says nothing about anybody, and takes microseconds to look at: timestamps of permissions. */
function remembering(fits: (value: unknown) => boolean): (value: unknown) => boolean {
  const fitting = new Set<unknown>();
  return (value) => {
    if (fitting.has(value)) return true;
    if (!fits(value)) return false;
    if ((value as string).length > MAX_REMEMBERED_LENGTH) return true;
    if (fitting.size === MAX_REMEMBERED) fitting.clear();
    fitting.add(value);
    return true;
  };
}
