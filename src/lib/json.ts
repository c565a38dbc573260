/** A JSON object as a vendor sends it: nothing about its members is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** JSON of another shape than it should have. The message says what is wrong with it: "it has no `data`". */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Deeper than any body that is documented, by far. */
const MAX_DEPTH = 100;
/**
 * Braces, brackets, commas and colons: bodies were seen to hold 12,000 in 175 KB. As many take at most 120 ms,
 * in one object with as many members.
 */
const MAX_MARKS = 256 * 1024;
/** Far more than in any body; as many that nest take `JSON.parse` a millisecond. */
const MANY_LISTS = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Braces are brackets with this bit set. */
const CASE = 0x20;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What the bytes say as JSON; undefined, which JSON has no way to say, where they are none
 * or nest more than 100 deep, or hold more values than any body.
 */
export function parseJson(bytes: Buffer): unknown {
  // Over lists alone, nested or not, or members alone, `JSON.parse` would stop everybody for seconds.
  const isLookedAt = bytes.length > MAX_MARKS || hasManyLists(bytes);
  if (isLookedAt && isExcessive(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return !isLookedAt && isDeeper(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Brackets in texts count too. */
function hasManyLists(bytes: Buffer): boolean {
  let lists = 0;
  for (let i = bytes.indexOf(OPENING); i >= 0; i = bytes.indexOf(OPENING, i + 1)) {
    lists += 1;
    if (lists > MANY_LISTS) return true;
  }
  return false;
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (isDeeper(item, depth - 1)) return true;
    return false;
  }
  for (const name in value) if (isDeeper((value as JsonObject)[name], depth - 1)) return true;
  return false;
}

/** Slower than a look at the values, but it needs none. */
function isExcessive(bytes: Buffer): boolean {
  const { length } = bytes;
  let depth = 0;
  let marks = 0;
  let i = 0;
  while (i < length) {
    const byte = bytes[i++] as number;
    if (byte === QUOTE) {
      i = endOfString(bytes, i);
    } else if ((byte & ~CASE) === OPENING) {
      marks += 1;
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if ((byte & ~CASE) === CLOSING) {
      depth -= 1;
    } else if (byte === COMMA || byte === COLON) {
      marks += 1;
    }
  }
  return marks > MAX_MARKS;
}

function endOfString(bytes: Buffer, start: number): number {
  const { length } = bytes;
  let i = start;
  while (i < length) {
    const byte = bytes[i++];
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) i += 1;
  }
  return i;
}
