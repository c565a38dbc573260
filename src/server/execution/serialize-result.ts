import { SerializedList, type SerializedObject } from './serialized-list.ts';

const COMMA = 0x2c;

/** The bytes of JSON.stringify's output. A repeated SerializedObject is copied from its first occurrence. */
export function serializeResult(result: object): Buffer<ArrayBuffer> {
  const writer = new Writer();
  writer.write(result);
  return writer.end();
}

class Writer {
  /** The lists, and the JSON between them. */
  readonly #parts: (string | SerializedList)[] = [];
  #json = '';

  write(value: unknown): void {
    if (value instanceof SerializedList) {
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
    const starts = new Map<SerializedObject, number>();
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
        const start = starts.get(object);
        if (start === undefined) {
          starts.set(object, end);
          bytes.write(object.json, end);
        } else {
          bytes.copyWithin(end, start, start + object.byteLength);
        }
        end += object.byteLength;
      }
    }
    return bytes;
  }
}

function byteLength(part: string | SerializedList): number {
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
