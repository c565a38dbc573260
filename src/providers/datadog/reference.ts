import type { RolecallError } from '../../errors.ts';
import { Document, type Resource, unknownResource } from '../../lib/json-api.ts';

/** Why a reference is no more than its id: nobody holds the resource, or asking for it failed. */
export type Absence = RolecallError | undefined;

const absences = new WeakMap<object, { readonly why: Absence }>();

/**
 * What stands for a resource that is not held: its id, and nothing else known. Where asking for it failed,
 * the error stands in every field's place.
 */
export function toReference<T extends { readonly id: string }>(
  id: string,
  toShape: (resource: Resource, document: Document) => T,
  why: Absence,
): T {
  const bare = toShape(unknownResource(id), Document.empty);
  const shape =
    why === undefined
      ? bare
      : (Object.fromEntries(
          Object.entries(bare).map(([name, value]) => [name, value === null ? why : value]),
        ) as T);
  absences.set(shape, { why });
  return shape;
}

/** Is this a resource that is held, rather than a reference to one that is not? */
export function isHeld(shape: object): boolean {
  return !absences.has(shape);
}

/** The error that made it a mere reference. */
export function failureOf(shape: object): RolecallError | undefined {
  return absences.get(shape)?.why;
}
