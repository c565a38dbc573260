import { createHmac, hkdfSync } from 'node:crypto';
import { lengthPrefixed } from '../lib/length-prefixed.ts';
import { onceForEach } from '../lib/once-for-each.ts';
import { Secret } from '../lib/secret.ts';

const KEY_BYTES = 32;

/**
 * A key for one purpose (HKDF with SHA-256, RFC 5869). Nobody can derive it without the secret and all of `others`.
 * @param secret one of CACHE_SECRET
 */
export function deriveKey(secret: Secret, purpose: string, others: readonly Secret[] = []): Buffer {
  const inputs = lengthPrefixed([
    Buffer.from(secret.reveal(), 'base64'),
    ...others.map((other) => other.reveal()),
  ]);
  return Buffer.from(hkdfSync('sha256', inputs, '', `rolecall ${purpose}`, KEY_BYTES));
}

/** The same key as text. */
export function deriveSecret(secret: Secret, purpose: string): Secret {
  return new Secret(deriveKey(secret, purpose).toString('base64'));
}

const nameKeyOf = onceForEach((secret: Secret) => deriveKey(secret, 'names'));

/** What stands in Redis instead of these texts: a keyed hash, different for each kind. */
export function hashedName(secret: Secret, kind: string, texts: readonly string[]): string {
  return createHmac('sha256', nameKeyOf(secret))
    .update(lengthPrefixed([kind, ...texts]))
    .digest('base64url');
}
