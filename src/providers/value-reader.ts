import type { GraphQLScalarType } from 'graphql';
import { RolecallError } from '../errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { type InvalidValue, known, type Lenient } from '../schema/lenient.ts';
import { scalars } from '../schema/scalars.ts';
import type { VendorTexts } from '../upstream/vendor.ts';

/** The first string that is not blank. */
export function firstText(...texts: readonly Lenient<string>[]): string | null {
  return texts.map(known).find((text) => text !== null && text.trim() !== '') ?? null;
}

/** Reads members of a vendor's JSON objects as the schema's types, without coercion. */
export function valueReader({ name: provider, title }: Pick<VendorTexts, 'name' | 'title'>) {
  /** The error that replaces a value: `name` is not `expected`. */
  function invalid(name: string, expected: string): InvalidValue {
    const message = `${title} sent an invalid \`${name}\`: it is not ${expected}.`;
    return new RolecallError(message, { code: 'UPSTREAM_INVALID_VALUE', provider });
  }

  function read<T>(
    from: JsonObject,
    key: string,
    expected: string,
    fits: (value: unknown) => value is T,
  ): Lenient<T> {
    const value = from[key];
    // Vendors send "" for unknown values.
    if (value === undefined || value === null || value === '') return null;
    return fits(value) ? value : invalid(key, expected);
  }

  return {
    text: (from: JsonObject, key: string) => read(from, key, 'a string', isText),
    boolean: (from: JsonObject, key: string) => read(from, key, 'a boolean', isBoolean),
    texts: (from: JsonObject, key: string) => read(from, key, 'a list of strings', isTexts),
    safeInt: (from: JsonObject, key: string) => read(from, key, 'an integer', isSafeInt),
    dateTime: (from: JsonObject, key: string) =>
      read(from, key, 'a date and time (RFC 3339)', fitsDateTime),
    email: (from: JsonObject, key: string) =>
      read(from, key, 'an e-mail address', fitsEmailAddress),
    url: (from: JsonObject, key: string) => read(from, key, 'an http or https URL', fitsUrl),
    uuid: (from: JsonObject, key: string) => read(from, key, 'a UUID', fitsUuid),
    invalid,
  };
}

type IsText = (value: unknown) => value is string;

const isText: IsText = (value) => typeof value === 'string';
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);
const isSafeInt = (value: unknown): value is number => Number.isSafeInteger(value);

const MAX_REMEMBERED = 5_000;
/** Longer than any timestamp. */
const MAX_REMEMBERED_LENGTH = 40;

const fitsDateTime = remembering(fitsScalar(scalars.DateTime));
const fitsEmailAddress = fitsScalar(scalars.EmailAddress);
const fitsUrl = fitsScalar(scalars.URL);
const fitsUuid = fitsScalar(scalars.UUID);

function fitsScalar(scalar: GraphQLScalarType): IsText {
  return (value): value is string => {
    if (!isText(value)) return false;
    try {
      scalar.parseValue(value);
      return true;
    } catch {
      return false;
    }
  };
}

/** Remembers valid values, for timestamps of permissions: they recur, are not personal, and take microseconds to check. */
function remembering(fits: IsText): IsText {
  const fitting = new Set<unknown>();
  return (value): value is string => {
    if (fitting.has(value)) return true;
    if (!fits(value)) return false;
    if (value.length > MAX_REMEMBERED_LENGTH) return true;
    if (fitting.size === MAX_REMEMBERED) fitting.clear();
    fitting.add(value);
    return true;
  };
}
