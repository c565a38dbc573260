import type { Context } from '../../context.ts';
import { WrittenBytes } from './written-bytes.ts';

/** A field of which an operation wants the value as it is. */
export interface Leaf {
  /** Its name in the answer. */
  readonly responseName: string;
  /** Its name in the schema, which is the property's. */
  readonly name: string;
  readonly isNonNull: boolean;
}

/** An object of leaves, as the answer has it. */
export class LeafObject {
  readonly json: string;
  readonly byteLength: number;

  constructor(json: string) {
    this.json = json;
    this.byteLength = Buffer.byteLength(json);
  }
}

/** Stands in a result for a list of objects of leaves. What comes again and again is the same LeafObject. */
export class LeafList {
  readonly objects: readonly LeafObject[];

  constructor(objects: readonly LeafObject[]) {
    this.objects = objects;
  }

  /** For JSON.stringify. */
  toJSON(): unknown {
    return this.objects.map(({ json }) => JSON.parse(json));
  }
}

/** What an operation asks of the objects of a list, where that is leaves only. */
export class LeafSelection {
  readonly #typename: string;
  readonly #leaves: readonly Leaf[];

  constructor(typename: string, leaves: readonly Leaf[]) {
    this.#typename = typename;
    this.#leaves = leaves;
  }

  /** @throws {Error} where there is something that the ordinary executor has to tell, or the response is too large */
  write(list: unknown, context: Context): LeafList | null {
    if (list === null || list === undefined) return null;
    if (!Array.isArray(list)) throw new Error('not a list');
    const written = (context.kept.get(this) ?? new Map()) as Map<unknown, LeafObject>;
    context.kept.set(this, written);
    const bytes = WrittenBytes.of(context);
    const objects = list.map((object) => {
      const known = written.get(object);
      if (known !== undefined) return known;
      const json = this.#write(object, bytes);
      written.set(object, json);
      return json;
    });
    return new LeafList(objects);
  }

  #write(
    object: Readonly<Record<string, unknown>> | null | undefined,
    bytes: WrittenBytes | undefined,
  ): LeafObject {
    if (object === null || object === undefined || object instanceof Error) {
      throw new Error('not an object');
    }
    const members: Record<string, unknown> = {};
    for (const { responseName, name, isNonNull } of this.#leaves) {
      const value = name === '__typename' ? this.#typename : (object[name] ?? null);
      if (value instanceof Error || (isNonNull && value === null)) throw new Error('not a leaf');
      // Before it is written: an object of aliases may hold a long text many times.
      bytes?.add(charactersOf(value));
      members[responseName] = value;
    }
    return new LeafObject(JSON.stringify(members));
  }
}

/** At least this many bytes it takes. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return Array.isArray(value) ? value.reduce((sum, item) => sum + charactersOf(item), 0) : 0;
}
