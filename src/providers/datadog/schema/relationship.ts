import type DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../../../context.ts';
import type { Linkage } from '../../../lib/json-api-linkage.ts';
import { type Lenient, valid } from '../../../schema/lenient.ts';
import { selectsMoreThanId } from '../../../schema/selection.ts';
import type { Identifier } from '../model.ts';

/**
 * The objects that a to-many relationship points at. If the operation selects only their ids, they are not loaded and
 * contain nothing else.
 */
export function resolveToMany<T extends { readonly id: string }>(
  linkage: Lenient<Linkage>,
  context: Context,
  info: GraphQLResolveInfo,
  loader: DataLoader<string, T>,
): readonly T[] | Promise<T[]> | null {
  const ids = valid(linkage)?.ids;
  if (ids === undefined) return null;
  return selectsMoreThanId(context, info)
    ? Promise.all(ids.map((id) => loader.load(id)))
    : onlyIds(ids);
}

/** As `resolveToMany`, for a to-one relationship. */
export function resolveToOne<T extends { readonly id: string }>(
  linked: Lenient<Identifier>,
  context: Context,
  info: GraphQLResolveInfo,
  loader: DataLoader<string, T>,
): T | Promise<T> | null {
  const id = valid(linked)?.id;
  if (id === undefined) return null;
  return selectsMoreThanId(context, info) ? loader.load(id) : onlyId(id);
}

/** Represents a resource of which the operation selects only the id. */
export function onlyId<T extends { readonly id: string }>(id: string): T {
  return { id } as T;
}

export function onlyIds<T extends { readonly id: string }>(ids: readonly string[]): readonly T[] {
  return ids.map((id) => onlyId<T>(id));
}
