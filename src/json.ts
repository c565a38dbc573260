/** A JSON object as a vendor sends it: nothing about its members is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any document that is documented, by far. */
const MAX_DEPTH = 100;
/** So many bytes of brackets are parsed in the time that 16 MiB of documents take. */
const HARMLESS_BYTES = 512 * 1024;

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
 * or nest more than 100 deep: `JSON.parse` would take seconds and gigabytes over a body that is all brackets.
 */
export function parseJson(bytes: Buffer): unknown {
  const isHarmless = bytes.length <= HARMLESS_BYTES;
  if (!isHarmless && nestsTooDeep(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    // To look at values takes less than half of what it takes to look at bytes.
    return isHarmless && isDeeper(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
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

/** Every byte of large answers passes here: written for speed. */
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
