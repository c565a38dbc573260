import { z } from 'zod';

/** One person's own credentials, by the provider's field of `Viewer`. A provider without any is not connected. */
export type Entry = Readonly<Record<string, unknown>>;

/** How each provider reads its part of an entry, by its field of `Viewer`. */
export type EntryParts = Readonly<Record<string, z.ZodType>>;

/**
 * An object with these members only. Its messages begin with "must", and never quote a member of the input: it could be
 * a key in the wrong place.
 */
export function strictObject<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: objectError(shape) });
}

/** An entry of the file, where an unknown member is a mistake. */
export function strictEntry(parts: EntryParts): z.ZodType<Entry> {
  return strictObject(optional(parts));
}

/** An entry of the broker, which may know more providers than this version does. */
export function looseEntry(parts: EntryParts): z.ZodType<Entry> {
  const shape = optional(parts);
  return z.object(shape, { error: objectError(shape) });
}

function optional(parts: EntryParts) {
  return Object.fromEntries(Object.entries(parts).map(([field, part]) => [field, part.optional()]));
}

function objectError(shape: z.ZodRawShape) {
  const names = Object.keys(shape).join(', ');
  return ({ code }: { readonly code?: string | undefined }) =>
    code === 'unrecognized_keys' ? `must have no members other than ${names}` : 'must be an object';
}
