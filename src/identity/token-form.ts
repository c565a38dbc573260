import { isJsonObject, type JsonObject, parseJson } from '../lib/json.ts';
import { TokenRefused } from './token-refused.ts';

/** Also matches an unsigned token, whose signature is empty. */
const COMPACT = /^([\w-]+)\.([\w-]+)\.[\w-]*$/;
/** RFC 7519, 5.1 and RFC 9068, 2.1. Logout tokens, for example, are signed with the same keys. */
const TYPES = /^(application\/)?(at\+)?jwt$/i;
const STRING = /"(?:[^"\\]|\\.)*"/g;

/**
 * Refuses what cannot be an access token or ID token of this issuer, before any key is used.
 * Passing proves nothing, because everything that is read here may be forged.
 * @throws {TokenRefused}
 */
export function checkForm(token: string, issuer: string): void {
  const [, header, payload] = COMPACT.exec(token) ?? [];
  if (header === undefined || payload === undefined) {
    throw new TokenRefused('The token is not a signed JWT.');
  }
  const { typ } = decode(header);
  if (typ !== undefined && !TYPES.test(String(typ))) {
    throw new TokenRefused('The token has the wrong type (typ).');
  }
  const { iss } = decode(payload);
  // Do not fetch our issuer's keys for another issuer's token.
  if (iss !== undefined && iss !== issuer) {
    throw new TokenRefused('The token comes from another issuer (iss).');
  }
}

function decode(part: string): JsonObject {
  const bytes = Buffer.from(part, 'base64url');
  const value = parseJson(bytes);
  if (!isJsonObject(value)) throw new TokenRefused('The token is not a well-formed JWT.');
  // Parsers differ in which duplicate member they use (RFC 7519, 4).
  if (countColons(bytes.toString()) !== countMembers(value)) {
    throw new TokenRefused('The token has a duplicate member.');
  }
  return value;
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
