/** A JSON object as a vendor sends it: nothing about its members is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any document that is documented, by far. */
const MAX_DEPTH = 100;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What the bytes say as JSON; undefined, which JSON has no way to say, where they are none
 * or nest more than 100 deep: `JSON.parse` would take seconds and gigabytes over a body that is all brackets.
 */
export function parseJson(bytes: Buffer): unknown {
  if (nestsTooDeep(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function nestsTooDeep(bytes: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (inString) {
      if (byte === 0x5c /* \ */) i += 1;
      else if (byte === 0x22 /* " */) inString = false;
    } else if (byte === 0x22) {
      inString = true;
    } else if ((byte | 0x20) === 0x7b /* [ or { */) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if ((byte | 0x20) === 0x7d /* ] or } */) {
      depth -= 1;
    }
  }
  return false;
}
