import { LeafList, type LeafObject } from './leaf-list.ts';

const COMMA = 0x2c;

/** The JSON of a result, as JSON.stringify gives it, in which each LeafObject is copied from where it stands first. */
export function toBytes(result: object): Buffer<ArrayBuffer> {
  const writer = new Writer();
  writer.write(result);
  return writer.end();
}

class Writer {
  /** What stands between lists, and lists. */
  readonly #parts: (string | LeafList)[] = [];
  #json = '';

  write(value: unknown): void {
    if (value instanceof LeafList) {
      this.#parts.push(`${this.#json}[`, value);
      this.#json = ']';
    } else if (Array.isArray(value)) {
      this.#list(value);
    } else if (isPlainObject(value) && Object.values(value).some(isObject)) {
      this.#object(value);
    } else {
      this.#json += JSON.stringify(value) ?? 'null';
    }
  }

  #list(items: readonly unknown[]): void {
    this.#json += '[';
    for (const [index, item] of items.entries()) {
      if (index > 0) this.#json += ',';
      this.write(item);
    }
    this.#json += ']';
  }

  #object(object: Readonly<Record<string, unknown>>): void {
    let before = '{';
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined || typeof value === 'function') continue;
      this.#json += `${before}${JSON.stringify(name)}:`;
      before = ',';
      this.write(value);
    }
    this.#json += '}';
  }

  end(): Buffer<ArrayBuffer> {
    const parts = [...this.#parts, this.#json];
    const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + byteLength(part), 0));
    const places = new Map<LeafObject, number>();
    let end = 0;
    for (const part of parts) {
      if (typeof part === 'string') {
        end += bytes.write(part, end);
        continue;
      }
      let isFirst = true;
      for (const object of part.objects) {
        if (!isFirst) bytes[end++] = COMMA;
        isFirst = false;
        const place = places.get(object);
        if (place === undefined) {
          places.set(object, end);
          bytes.write(object.json, end);
        } else {
          bytes.copyWithin(end, place, place + object.byteLength);
        }
        end += object.byteLength;
      }
    }
    return bytes;
  }
}

function byteLength(part: string | LeafList): number {
  if (typeof part === 'string') return Buffer.byteLength(part);
  const commas = Math.max(0, part.objects.length - 1);
  return part.objects.reduce((sum, object) => sum + object.byteLength, commas);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
