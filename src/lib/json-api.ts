import { isJsonObject, type JsonObject, ShapeError } from './json.ts';
import {
  identifiersIn,
  type Linkage,
  type MALFORMED,
  SharedIds,
  toMany,
} from './json-api-linkage.ts';

/** A JSON:API resource (https://jsonapi.org/format/#document-resource-objects). */
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly attributes: JsonObject;
  readonly relationships: JsonObject;
}

/** A resource as it was sent: only its type and id are checked. */
interface ResourceObject {
  readonly type: string;
  readonly id: string;
  readonly attributes?: unknown;
  readonly relationships?: unknown;
}

/** A JSON:API document: its resources by type and id. */
export class Document {
  /** The ids of the primary resources. */
  readonly primaryIds: readonly string[];
  readonly #resources = new Map<string, Map<string, ResourceObject>>();
  readonly #sharedIds = new SharedIds();

  /** An empty document, for reading the relationships of placeholders. */
  static readonly empty = new Document([], []);

  private constructor(primary: readonly ResourceObject[], included: readonly unknown[]) {
    this.primaryIds = primary.map(({ id }) => id);
    for (const resource of primary) this.#add(resource);
    // Entries of unknown types are kept; entries without an id are skipped, because nothing can point at them.
    for (const entry of included) if (isResourceObject(entry)) this.#add(entry);
  }

  /**
   * A document about one resource.
   * @throws {ShapeError} if `body` is not one, or its resource is not of `type`
   */
  static ofOne(body: unknown, type: string): Document {
    const { data, included } = members(body);
    return new Document([primaryResource(data, type)], included);
  }

  /**
   * A document about a list of resources; those of another type are skipped.
   * @throws {ShapeError} if `body` is not one
   */
  static ofMany(body: unknown, type: string): Document {
    const { data, included } = members(body);
    if (!Array.isArray(data)) throw new ShapeError('`data` is not a list');
    const resources = data.filter(isResourceObject);
    return new Document(
      resources.filter((resource) => resource.type === type),
      included,
    );
  }

  /**
   * A document's included resources of one type, without its primary ones.
   * @throws {ShapeError} if `body` is not a document
   */
  static ofIncluded(body: unknown, type: string): Document {
    const { included } = members(body);
    return new Document(
      [],
      included.filter((entry) => isResourceObject(entry) && entry.type === type),
    );
  }

  /** What the relationships in a document's body point at. @throws {ShapeError} if `body` is not a document */
  static identifiersIn(body: unknown): ReadonlySet<string> {
    const { data, included } = members(body);
    return identifiersIn([data, ...included].flat());
  }

  /**
   * Removes the resource from the document and returns it, so that the caller's object can replace it in memory.
   * @returns undefined if the document does not have it
   */
  take(type: string, id: string): Resource | undefined {
    const ofType = this.#resources.get(type);
    const resource = ofType?.get(id);
    if (resource === undefined) return undefined;
    ofType?.delete(id);
    const { attributes, relationships } = resource;
    return {
      type,
      id,
      attributes: isJsonObject(attributes) ? attributes : {},
      relationships: isJsonObject(relationships) ? relationships : {},
    };
  }

  /**
   * What a to-many relationship of one of its resources points at; null if it is absent, its data is null, or none of it
   * can be read.
   */
  toMany(
    { relationships }: Resource,
    name: string,
    type: string,
  ): Linkage | null | typeof MALFORMED {
    return toMany(relationships, name, type, this.#sharedIds);
  }

  /** If two resources have the same id, the first one counts. */
  #add(resource: ResourceObject): void {
    let ofType = this.#resources.get(resource.type);
    if (ofType === undefined) {
      ofType = new Map();
      this.#resources.set(resource.type, ofType);
    }
    if (!ofType.has(resource.id)) ofType.set(resource.id, resource);
  }
}

/** A resource of which only the id is known. */
export function unknownResource(id: string): Resource {
  return { type: '', id, attributes: {}, relationships: {} };
}

function members(body: unknown): { data: unknown; included: readonly unknown[] } {
  if (!isJsonObject(body)) throw new ShapeError('it is not a JSON object');
  const { data, included } = body;
  if (included !== undefined && included !== null && !Array.isArray(included)) {
    throw new ShapeError('`included` is not a list');
  }
  return { data, included: included ?? [] };
}

/** The primary resource must be well-formed; malformed included ones are skipped. */
function primaryResource(data: unknown, type: string): ResourceObject {
  if (!isResourceObject(data) || data.type !== type)
    throw new ShapeError(`\`data\` is not a resource of type \`${type}\` with an id`);
  for (const member of ['attributes', 'relationships'] as const) {
    const value = data[member] ?? null;
    if (value !== null && !isJsonObject(value))
      throw new ShapeError(`\`data.${member}\` is not an object`);
  }
  return data;
}

function isResourceObject(entry: unknown): entry is ResourceObject {
  if (!isJsonObject(entry)) return false;
  const { type, id } = entry;
  return typeof type === 'string' && typeof id === 'string' && id !== '';
}
