/** A field that gives a property as it is. */
export interface Leaf {
  /** Its name in the response. */
  readonly responseName: string;
  /** Its name in the schema, which is the property's. */
  readonly name: string;
  readonly isNonNull: boolean;
}

/** What an operation selects of a list's objects, where it selects leaves only. */
export interface LeafSelection {
  /** Of the objects. */
  readonly typename: string;
  readonly leaves: readonly Leaf[];
}

/** An object as the response has it. */
export class SerializedObject {
  readonly json: string;
  readonly byteLength: number;

  constructor(json: string) {
    this.json = json;
    this.byteLength = Buffer.byteLength(json);
  }
}

/** Stands in a result for a list of objects. An object that the response repeats is the same SerializedObject. */
export class SerializedList {
  readonly objects: readonly SerializedObject[];

  constructor(objects: readonly SerializedObject[]) {
    this.objects = objects;
  }

  /** For JSON.stringify. */
  toJSON(): unknown {
    return this.objects.map(({ json }) => JSON.parse(json));
  }
}
