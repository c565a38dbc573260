import { SerializedList } from './serialized-list.ts';

/** Strings that JSON does not escape: printable ASCII without quotes and backslashes. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** The size of JSON.stringify's output in bytes. `Infinity` past the limit; the rest of the value is then not read. */
export function jsonSize(value: unknown, limit: number): number {
  const meter = new Meter(limit);
  meter.add(value);
  return meter.left < 0 ? Number.POSITIVE_INFINITY : limit - meter.left;
}

class Meter {
  left: number;

  constructor(limit: number) {
    this.left = limit;
  }

  add(value: unknown): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'object' && value !== null) this.#object(value);
    else this.left -= (JSON.stringify(value) ?? 'null').length;
  }

  #text(text: string): void {
    // Each character takes at least one byte, so a string that is too long need not be tested.
    const isPlain = text.length > this.left || PLAIN.test(text);
    this.left -= isPlain ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
  }

  #object(object: object): void {
    if (object instanceof SerializedList) {
      this.left -= 2 + Math.max(0, object.objects.length - 1);
      for (const { byteLength } of object.objects) this.left -= byteLength;
    } else if ('toJSON' in object && typeof object.toJSON === 'function') {
      this.add(object.toJSON());
    } else if (Array.isArray(object)) {
      this.left -= 2 + Math.max(0, object.length - 1);
      for (let index = 0; index < object.length && this.left >= 0; index += 1) {
        this.add(object[index]);
      }
    } else {
      this.#members(object);
    }
  }

  #members(object: object): void {
    let separators = 1;
    for (const [name, value] of Object.entries(object)) {
      if (this.left < 0) return;
      if (value === undefined || typeof value === 'function') continue;
      this.#text(name);
      this.add(value);
      separators += 2;
    }
    this.left -= Math.max(2, separators);
  }
}
