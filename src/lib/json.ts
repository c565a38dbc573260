/** A JSON object as a vendor sends it: nothing about its members is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any document that is documented, by far. */
const MAX_DEPTH = 100;
/** Far more than in any document; as many that nest take `JSON.parse` a millisecond. */
const MANY_LISTS = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Braces are brackets with this bit set. */
const CASE = 0x20;
const OPENING = 0x5b;
const CLOSING = 0x5d;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What the bytes say as JSON; undefined, which JSON has no way to say, where they are none
 * or nest more than 100 deep.
 */
export function parseJson(bytes: Buffer): unknown {
  // Over 16 MiB of nested lists `JSON.parse` would stop everybody for three seconds.
  if (hasManyLists(bytes) && nestsTooDeep(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isDeeper(value, MAX_DEPTH) ? undefined : value;
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
function nestsTooDeep(bytes: Buffer): boolean {
  const { length } = bytes;
  let depth = 0;
  let i = 0;
  while (i < length) {
    const byte = bytes[i++] as number;
    if (byte === QUOTE) {
      i = endOfString(bytes, i);
    } else if ((byte & ~CASE) === OPENING) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if ((byte & ~CASE) === CLOSING) {
      depth -= 1;
    }
  }
  return false;
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
