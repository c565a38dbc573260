/** A JSON object with unchecked members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** JSON that does not have the expected shape. The message completes a sentence: "it has no `data`". */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Much deeper than any documented body. */
const MAX_DEPTH = 100;
/**
 * The most braces, brackets, commas and colons. Real bodies had up to 12,000, in 175 KB. Parsing this many takes at most
 * 120 ms: the worst case is one object with as many members.
 */
const MAX_MARKS = 256 * 1024;
/** Far more than in any body; `JSON.parse` takes a millisecond for as many nested ones. */
const MANY_LISTS = 10_000;

const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/gs;

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

/** The members of a JSON object; none if the value is not an object. */
export function membersOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/**
 * Parses the bytes as JSON. Returns undefined, which is not a JSON value, if they are not JSON, nest more than 100 levels
 * deep, or contain more values than any body.
 */
export function parseJson(bytes: Buffer): unknown {
  // Bodies of nothing but lists or members would block the event loop in `JSON.parse` for seconds.
  const isLookedAt = bytes.length > MAX_MARKS || hasManyLists(bytes);
  if (isLookedAt && isExcessive(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return !isLookedAt && isDeeper(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

/**
 * Does an object in the JSON have two members of the same name? Parsers keep one of them, and not all the same one.
 * @param value what `JSON.parse` returned for the text
 */
export function hasDuplicateMembers(json: string, value: unknown): boolean {
  return countColons(json) !== countMembers(value);
}

/** Each member of an object has one colon. */
function countColons(json: string): number {
  return json.replaceAll(STRING, '').split(':').length - 1;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const values = Object.values(value);
  return values.reduce<number>(
    (sum, each) => sum + countMembers(each),
    Array.isArray(value) ? 0 : values.length,
  );
}

/** Brackets in strings count too. */
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

/** Slower than checking the values, but works without parsing. */
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
