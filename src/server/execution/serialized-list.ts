/** A selected field that returns a property unchanged. */
export interface Leaf {
  /** Its name in the response. */
  readonly responseName: string;
  /** Its name in the schema, which is the property's. */
  readonly name: string;
  readonly isNonNull: boolean;
}

/** The selection on a list's objects, if it has only leaves. */
export interface LeafSelection {
  /** The objects' type. */
  readonly typename: string;
  readonly leaves: readonly Leaf[];
}

/** An object as JSON. */
export class SerializedObject {
  readonly json: string;
  readonly byteLength: number;

  constructor(json: string) {
    this.json = json;
    this.byteLength = Buffer.byteLength(json);
  }
}

/** Represents a list of objects in a result. Repeated objects are the same SerializedObject. */
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
