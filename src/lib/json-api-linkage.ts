import { isJsonObject, type JsonObject, membersOf } from './json.ts';

/** Linkage that is present but not allowed by JSON:API. */
export const MALFORMED = Symbol('malformed linkage');

/** What a to-many relationship points at. */
export interface Linkage {
  /** Without duplicates. */
  readonly ids: readonly string[];
  /** Could every identifier be read? If not, the ids are incomplete. */
  readonly isWhole: boolean;
}

interface SharedId {
  readonly id: string;
  /** The last list that it was added to. */
  list: readonly string[];
}

/**
 * The ids in a document's linkage, one string per id. `JSON.parse` creates a string for each identifier, and many
 * identify the same resource; sharing them saves a third of a large document's memory.
 */
export class SharedIds {
  readonly #shared = new Map<string, SharedId>();

  /** The ids of these resource identifiers; identifiers of another type are skipped. */
  toLinkage(identifiers: readonly unknown[], type: string): Linkage {
    const ids: string[] = [];
    let isWhole = true;
    for (const identifier of identifiers) {
      const id = identify(identifier, type);
      if (id === null) {
        isWhole &&= isOfAnotherType(identifier, type);
        continue;
      }
      const shared = this.#shared.get(id);
      if (shared === undefined) {
        this.#shared.set(id, { id, list: ids });
        ids.push(id);
      } else if (shared.list !== ids) {
        shared.list = ids;
        ids.push(shared.id);
      }
    }
    return { ids, isWhole };
  }
}

/**
 * The id that a to-one relationship points at; null if it is absent or points at nothing.
 * @param relationships of a resource (https://jsonapi.org/format/#document-resource-object-relationships)
 */
export function toOne(
  relationships: JsonObject,
  name: string,
  type: string,
): string | null | typeof MALFORMED {
  const data = linkageData(relationships, name);
  if (data === null || data === MALFORMED) return data;
  return isJsonObject(data) ? identify(data, type) : MALFORMED;
}

/** What a to-many relationship points at; null if it is absent, its data is null, or none of it can be read. */
export function toMany(
  relationships: JsonObject,
  name: string,
  type: string,
  sharedIds: SharedIds,
): Linkage | null | typeof MALFORMED {
  const data = linkageData(relationships, name);
  if (data === null || data === MALFORMED) return data;
  if (!Array.isArray(data)) return MALFORMED;
  const linkage = sharedIds.toLinkage(data, type);
  return linkage.ids.length > 0 || linkage.isWhole ? linkage : null;
}

/** Names a resource in the set that `identifiersIn` gives. */
export function identifierOf(type: string, id: string): string {
  return `${type} ${id}`;
}

/** What the relationships of these resources point at. */
export function identifiersIn(resources: readonly unknown[]): ReadonlySet<string> {
  const identifiers = resources
    .flatMap((resource) => Object.values(membersOf(membersOf(resource)['relationships'])))
    .flatMap((relationship) => membersOf(relationship)['data'])
    .map(membersOf)
    .flatMap(({ type, id }) =>
      typeof type === 'string' && typeof id === 'string' ? identifierOf(type, id) : [],
    );
  return new Set(identifiers);
}

function linkageData(relationships: JsonObject, name: string): unknown {
  const relationship = relationships[name] ?? null;
  if (relationship === null) return null;
  return isJsonObject(relationship) ? (relationship['data'] ?? null) : MALFORMED;
}

/** The id of a resource identifier; null if it is malformed or of another type. */
function identify(identifier: unknown, type: string): string | null {
  if (typeof identifier !== 'object' || identifier === null) return null;
  const { type: ofType, id } = identifier as JsonObject;
  return ofType === type && typeof id === 'string' && id !== '' ? id : null;
}

function isOfAnotherType(identifier: unknown, type: string): boolean {
  if (!isJsonObject(identifier)) return false;
  const { type: ofType } = identifier;
  return typeof ofType === 'string' && ofType !== type;
}
