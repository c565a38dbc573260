import type { Secret } from '../../lib/secret.ts';
import { readKeyHeader } from '../key-header.ts';
import type { ProviderHeaders } from '../provider.ts';
import { vendor } from './vendor.ts';

/** The caller's header. Not `X-Api-Key`, as HeyGen calls it, because that often carries another service's key. */
const INCOMING = 'X-HeyGen-Api-Key';

export const headers: ProviderHeaders = {
  keys: [INCOMING],
  others: [],
  // X-Api-Key, as HeyGen itself calls it, HeyGen-Api-Key, HEYGEN_KEY.
  lookalikes: /^(x[-_])?(heygen[-_]?(api[-_]?)?|api[-_]?)key$/i,
};

/** The headers of a request to HeyGen (https://docs.heygen.com/reference/authentication). */
export function toHeaders(key: Secret): Record<string, string> {
  return { 'x-api-key': key.reveal() };
}

/** @throws {RolecallError} CREDENTIALS_INVALID if the header does not hold a key */
export function readHeaders(headers: Headers): Secret | undefined {
  return readKeyHeader(headers, INCOMING, vendor);
}
