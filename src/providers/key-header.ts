import { RolecallError } from '../errors.ts';
import { KEY_EXPECTED, parseKey } from '../lib/env-types.ts';
import type { Secret } from '../lib/secret.ts';
import type { VendorTexts } from '../upstream/vendor.ts';

/**
 * The key in a request's header; undefined if there is none.
 * @throws {RolecallError} CREDENTIALS_INVALID if the header does not hold a key
 */
export function readKeyHeader(
  headers: Headers,
  header: string,
  { name, title }: Pick<VendorTexts, 'name' | 'title'>,
): Secret | undefined {
  const text = headers.get(header);
  if (!text) return undefined;
  const key = parseKey(text);
  if (key !== undefined) return key;
  throw new RolecallError(
    `The header ${header} must hold one key (${KEY_EXPECTED}), exactly as ${title} shows it.`,
    { code: 'CREDENTIALS_INVALID', provider: name },
  );
}
