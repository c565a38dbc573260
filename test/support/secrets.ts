import { Secret } from '../../src/lib/secret.ts';

/** Credentials with each `Secret` replaced by its text, for comparison. */
export function revealed(credentials: unknown): unknown {
  if (credentials instanceof Secret) return credentials.reveal();
  if (credentials === null || typeof credentials !== 'object') return credentials;
  if (credentials instanceof URL) return credentials.href;
  return Object.fromEntries(
    Object.entries(credentials).map(([name, value]) => [name, revealed(value)]),
  );
}
