import { isJsonObject, type JsonObject, ShapeError } from './json.ts';
import { type Linkage, type MALFORMED, SharedIds, toMany } from './json-api-linkage.ts';

/** A JSON:API resource (https://jsonapi.org/format/#document-resource-objects). */
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly attributes: JsonObject;
  readonly relationships: JsonObject;
}

/** A resource as it came: it has a type and an id, and no more is known of it. */
interface ResourceObject {
  readonly type: string;
  readonly id: string;
  readonly attributes?: unknown;
  readonly relationships?: unknown;
}

/** A JSON:API document: its resources by type and id. */
export class Document {
  /** The id of the resource that it is about, or of the first of them. */
  readonly primaryId: string | undefined;
  readonly #resources = new Map<string, Map<string, ResourceObject>>();
  readonly #sharedIds = new SharedIds();

  /** Holds nothing, and reads the relationships of resources that no document holds. */
  static readonly empty = new Document([], []);

  private constructor(primary: readonly ResourceObject[], included: readonly unknown[]) {
    this.primaryId = primary[0]?.id;
    for (const resource of primary) this.#add(resource);
    // The vendor may include what is not known here; nothing can point at an entry without an id.
    for (const entry of included) if (isResourceObject(entry)) this.#add(entry);
  }

  /**
   * A document about one resource.
   * @throws {ShapeError} where `body` is none, or its resource is not of `type`
   */
  static ofOne(body: unknown, type: string): Document {
    const { data, included } = members(body);
    return new Document([primaryResource(data, type)], included);
  }

  /**
   * A document about any number of resources; those of another type are passed over.
   * @throws {ShapeError} where `body` is none
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
   * Takes the resource out: it is found once, so that whoever makes something of it need not keep both.
   * @returns undefined where the document does not hold it
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
   * What a to-many relationship of one of its resources points at; null where it is absent, its data is null,
   * or nothing of it can be read.
   */
  toMany(
    { relationships }: Resource,
    name: string,
    type: string,
  ): Linkage | null | typeof MALFORMED {
    return toMany(relationships, name, type, this.#sharedIds);
  }

  /** Of two resources with the same id the first counts. */
  #add(resource: ResourceObject): void {
    let ofType = this.#resources.get(resource.type);
    if (ofType === undefined) {
      ofType = new Map();
      this.#resources.set(resource.type, ofType);
    }
    if (!ofType.has(resource.id)) ofType.set(resource.id, resource);
  }
}

/** A resource of which no more is known than its id. */
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

/** What a document is about must be in order; what it only includes may be passed over. */
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
