import { RolecallError } from '../../errors.ts';
import { KEY_EXPECTED, parseKey } from '../../lib/env-types.ts';
import type { Secret } from '../../lib/secret.ts';
import type { ProviderHeaders } from '../provider.ts';

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
  const text = headers.get(INCOMING);
  if (!text) return undefined;
  const key = parseKey(text);
  if (key !== undefined) return key;
  throw new RolecallError(
    `The header ${INCOMING} does not hold a key (${KEY_EXPECTED}): send it once, as HeyGen shows it.`,
    { code: 'CREDENTIALS_INVALID', provider: 'HEYGEN' },
  );
}
