import { isJsonObject, type JsonObject } from './json.ts';

/** A resource as far as its relationships go (https://jsonapi.org/format/#document-resource-object-relationships). */
export interface Related {
  readonly relationships: JsonObject;
  /** Of its document. */
  readonly references: References;
}

/** Linkage that is neither what JSON:API allows nor absent. */
export const MALFORMED = Symbol('malformed linkage');

/** What a to-many relationship points at. */
export interface Linkage {
  /** Each once. */
  readonly ids: readonly string[];
  /** Could every reference be read? Of those that could not it is not known what they point at. */
  readonly isWhole: boolean;
}

interface Known {
  readonly id: string;
  /** The last list that it is in. */
  list: readonly string[];
}

/**
 * What a document refers to. `JSON.parse` makes a text for each reference, and many refer to the same resource:
 * to keep one of them each takes a third off a large document.
 */
export class References {
  readonly #known = new Map<string, Known>();

  /** What these resource identifiers point at; those of another type are passed over. */
  toLinkage(identifiers: readonly unknown[], type: string): Linkage {
    const ids: string[] = [];
    let isWhole = true;
    for (const identifier of identifiers) {
      const id = identify(identifier, type);
      if (id === null) {
        isWhole &&= isOfAnotherType(identifier, type);
        continue;
      }
      const known = this.#known.get(id);
      if (known === undefined) {
        this.#known.set(id, { id, list: ids });
        ids.push(id);
      } else if (known.list !== ids) {
        known.list = ids;
        ids.push(known.id);
      }
    }
    return { ids, isWhole };
  }
}

/** The id that a to-one relationship points at; null where it is absent or points at nothing. */
export function toOne(
  { relationships }: Related,
  name: string,
  type: string,
): string | null | typeof MALFORMED {
  const data = linkageData(relationships, name);
  if (data === null || data === MALFORMED) return data;
  return isJsonObject(data) ? identify(data, type) : MALFORMED;
}

/** What a to-many relationship points at; null where it is absent, its data is null, or nothing of it can be read. */
export function toMany(
  { relationships, references }: Related,
  name: string,
  type: string,
): Linkage | null | typeof MALFORMED {
  const data = linkageData(relationships, name);
  if (data === null || data === MALFORMED) return data;
  if (!Array.isArray(data)) return MALFORMED;
  const linkage = references.toLinkage(data, type);
  return linkage.ids.length > 0 || linkage.isWhole ? linkage : null;
}

function linkageData(relationships: JsonObject, name: string): unknown {
  const relationship = relationships[name] ?? null;
  if (relationship === null) return null;
  return isJsonObject(relationship) ? (relationship['data'] ?? null) : MALFORMED;
}

/** The id of a resource identifier; null where it is none or of another type. */
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
