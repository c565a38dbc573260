import { hash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** Made anew by each process, so that a fingerprint means nothing outside of it. */
const FINGERPRINT_KEY = randomBytes(32).toString('hex');

/** A key. However it is printed it says `[redacted]`; only `reveal()` gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The key itself, for the one header that needs it. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** Distinguishes credentials without holding them: equal for equal keys, in this process only. */
export function fingerprint(...secrets: readonly Secret[]): string {
  const texts = secrets.map((secret) => secret.reveal());
  return hash('sha256', JSON.stringify([FINGERPRINT_KEY, ...texts]), 'base64url');
}
