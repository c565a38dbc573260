import { hash, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** Random for each process, so that fingerprints are useless elsewhere. */
const FINGERPRINT_KEY = randomBytes(32).toString('hex');

/** A key that prints as `[redacted]` in every way; only `reveal()` returns its text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The key itself, for the header that carries it. */
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

/** Identifies credentials without revealing them: equal for equal keys, within this process. */
export function fingerprint(...secrets: readonly Secret[]): string {
  const texts = secrets.map((secret) => secret.reveal());
  return hash('sha256', JSON.stringify([FINGERPRINT_KEY, ...texts]), 'base64url');
}
