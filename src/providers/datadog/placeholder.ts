import type { RolecallError } from '../../errors.ts';
import { Document, type Resource, unknownResource } from '../../lib/json-api.ts';

/** Why a resource is a placeholder: the error of fetching it; undefined if it was not fetched or does not exist. */
export type NotFetched = RolecallError | undefined;

const placeholders = new WeakMap<object, { readonly why: NotFetched }>();

/**
 * Represents a resource of which only the id is known. If fetching it failed, the error replaces every other value.
 */
export function toPlaceholder<T extends { readonly id: string }>(
  id: string,
  toShape: (resource: Resource, document: Document) => T,
  why: NotFetched,
): T {
  const bare = toShape(unknownResource(id), Document.empty);
  const shape =
    why === undefined
      ? bare
      : (Object.fromEntries(
          Object.entries(bare).map(([name, value]) => [name, value === null ? why : value]),
        ) as T);
  placeholders.set(shape, { why });
  return shape;
}

export function isPlaceholder(shape: object): boolean {
  return placeholders.has(shape);
}

/** The error because of which the object is a placeholder. */
export function failureOf(shape: object): RolecallError | undefined {
  return placeholders.get(shape)?.why;
}
