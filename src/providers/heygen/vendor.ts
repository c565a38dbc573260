import type { ErrorCode } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { httpPolicy } from '../../upstream/retry-policy.ts';
import type { Vendor } from '../../upstream/vendor.ts';

/** HeyGen's own error codes, which are more precise than its HTTP statuses. */
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

/** A numeric `code`; v2-style bodies have a misleading string there. */
export function numericCode(body: unknown): number | undefined {
  const code = isJsonObject(body) ? body['code'] : undefined;
  return typeof code === 'number' ? code : undefined;
}

/** The message of an error body, wherever HeyGen's versions put it. */
function readWords({ error, message, msg, detail }: JsonObject): string | undefined {
  const texts = isJsonObject(error) ? [error['message']] : [error];
  return [...texts, message, msg, detail].find(
    (text): text is string => typeof text === 'string' && text !== '',
  );
}
