import type { Secret } from '../../lib/secret.ts';
import { readKeyHeader } from '../key-header.ts';
import type { ProviderHeaders } from '../provider.ts';
import { vendor } from './vendor.ts';

/** What a caller sends here. Not `X-Api-Key`: that one often carries a key meant for somebody else. */
const INCOMING = 'X-HeyGen-Api-Key';

export const headers: ProviderHeaders = {
  keys: [INCOMING],
  others: [],
  // X-Api-Key, as HeyGen itself calls it, HeyGen-Api-Key, HEYGEN_KEY.
  lookalikes: /^(x[-_])?(heygen[-_]?(api[-_]?)?|api[-_]?)key$/i,
};

/** What a request to HeyGen carries, and nothing beside it (https://docs.heygen.com/reference/authentication). */
export function toHeaders(key: Secret): Record<string, string> {
  return { 'x-api-key': key.reveal() };
}

/** @throws {RolecallError} CREDENTIALS_INVALID where the header cannot be a key */
export function readHeaders(headers: Headers): Secret | undefined {
  return readKeyHeader(headers, INCOMING, vendor);
}
