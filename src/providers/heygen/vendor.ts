import type { ErrorCode } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { httpPolicy } from '../../upstream/retry-policy.ts';
import type { Vendor } from '../../upstream/vendor.ts';

/** HeyGen's own error codes; they mean more than the HTTP status that they come with. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400112: 'UPSTREAM_UNAUTHENTICATED', // unauthorized
  40009: 'UPSTREAM_UNAUTHENTICATED', // invalid credentials
  401056: 'UPSTREAM_UNAUTHENTICATED', // token expired
  401057: 'UPSTREAM_UNAUTHENTICATED', // invalid access token
  400573: 'UPSTREAM_FORBIDDEN', // permission denied
  400562: 'UPSTREAM_FORBIDDEN', // forbidden
  400631: 'UPSTREAM_FORBIDDEN', // user blocked
  400101: 'UPSTREAM_NOT_FOUND', // user not found
  40001: 'UPSTREAM_REJECTED', // missing parameters
};

export const vendor: Vendor = {
  name: 'HEYGEN',
  title: 'HeyGen',
  credentialsHint: 'Check that the API key is correct and has not been revoked.',
  permissionHint: 'Check that the account is active and may use the API.',
  retryPolicy: httpPolicy,
  readError(body) {
    const code = numericCode(body);
    return {
      words: isJsonObject(body) ? readWords(body) : undefined,
      code: code === undefined ? undefined : CODES[code],
    };
  },
};

/** A `code` that is a number; v2-style bodies carry a misleading text there. */
export function numericCode(body: unknown): number | undefined {
  const code = isJsonObject(body) ? body['code'] : undefined;
  return typeof code === 'number' ? code : undefined;
}

/** The text of an error body, in the order in which HeyGen's versions put it. */
function readWords({ error, message, msg, detail }: JsonObject): string | undefined {
  const texts = isJsonObject(error) ? [error['message']] : [error];
  return [...texts, message, msg, detail].find(
    (text): text is string => typeof text === 'string' && text !== '',
  );
}
