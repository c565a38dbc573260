import { hasDuplicateMembers, isJsonObject, type JsonObject, parseJson } from '../lib/json.ts';
import { TokenRefused } from './token-refused.ts';

/** Also matches an unsigned token, whose signature is empty. */
const COMPACT = /^([\w-]+)\.([\w-]+)\.[\w-]*$/;
/** RFC 7519, 5.1 and RFC 9068, 2.1. Logout tokens, for example, are signed with the same keys. */
const TYPES = /^(application\/)?(at\+)?jwt$/i;

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
  if (hasDuplicateMembers(bytes.toString(), value)) {
    throw new TokenRefused('The token has a duplicate member.');
  }
  return value;
}
