import { LastDerived } from '../../schema/reused-list.ts';
import { type LeafSelection, SerializedList, SerializedObject } from './serialized-list.ts';

type Item = Readonly<Record<string, unknown>> | null | undefined;

const lastSerialized = new LastDerived<LeafSelection, SerializedList>();

/** Serializes the lists of one execution: each object once per selection, however often the response repeats it. */
export class ListSerializer {
  readonly maxBytes: number;
  readonly #serialized = new Map<LeafSelection, Map<unknown, SerializedObject>>();
  /** The characters of all values so far. Each takes at least one byte of the response. */
  #characters = 0;

  /** @param maxBytes of the response */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Is the response known to be larger than `maxBytes`? */
  get isTooLarge(): boolean {
    return this.#characters > this.maxBytes;
  }

  /** @throws {Error} if the ordinary executor must report an error, or the response is too large */
  serialize(selection: LeafSelection, list: unknown): SerializedList | null {
    if (list === null || list === undefined) return null;
    if (!Array.isArray(list)) throw new Error('not a list');
    return lastSerialized.get(list, selection, () => this.#serializeList(selection, list));
  }

  #serializeList(selection: LeafSelection, list: readonly Item[]): SerializedList {
    let serialized = this.#serialized.get(selection);
    if (serialized === undefined) {
      serialized = new Map();
      this.#serialized.set(selection, serialized);
    }
    const objects: SerializedObject[] = [];
    for (const object of list) {
      let known = serialized.get(object);
      if (known === undefined) {
        known = this.#serializeObject(selection, object);
        serialized.set(object, known);
      }
      objects.push(known);
    }
    return new SerializedList(objects);
  }

  #serializeObject({ typename, leaves }: LeafSelection, object: Item): SerializedObject {
    if (object === null || object === undefined || object instanceof Error) {
      throw new Error('not an object');
    }
    const members: Record<string, unknown> = {};
    for (const { responseName, name, isNonNull } of leaves) {
      const value = name === '__typename' ? typename : (object[name] ?? null);
      if (value instanceof Error || (isNonNull && value === null)) throw new Error('not a leaf');
      // Before serializing, because an object may have a long string under many aliases.
      this.#characters += charactersOf(value);
      if (this.isTooLarge) throw new Error('too large');
      members[responseName] = value;
    }
    return new SerializedObject(JSON.stringify(members));
  }
}

function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.reduce((sum, item) => sum + charactersOf(item), 0) : 0;
}
