import { inspect } from 'node:util';

const REDACTED = '[redacted]';

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

  /** `text` with every occurrence of the key blotted out: a vendor may echo what it was sent. */
  redact(text: string): string {
    return text.replaceAll(this.#text, REDACTED);
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
