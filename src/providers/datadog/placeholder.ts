import type { RolecallError } from '../../errors.ts';
import { Document, type Resource, unknownResource } from '../../lib/json-api.ts';

/** Why there is a placeholder: fetching the resource failed; undefined where no document holds it. */
export type NotFetched = RolecallError | undefined;

const placeholders = new WeakMap<object, { readonly why: NotFetched }>();

/**
 * Stands for a resource that no document holds: its id, and nothing else known. Where fetching it failed,
 * the error stands in every field's place.
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

/** The error that left a placeholder in the resource's place. */
export function failureOf(shape: object): RolecallError | undefined {
  return placeholders.get(shape)?.why;
}
