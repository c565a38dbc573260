import type DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../../../context.ts';
import type { Linkage } from '../../../lib/json-api-linkage.ts';
import { type Lenient, valid } from '../../../schema/lenient.ts';
import { selectsMoreThanId } from '../../../schema/selection.ts';
import type { Identifier } from '../model.ts';

/**
 * The objects that a relationship refers to, each resolved once for all the fields asked of it;
 * where only ids are asked for, references that hold nothing else.
 */
export function expandMany<T extends { readonly id: string }>(
  linkage: Lenient<Linkage>,
  context: Context,
  info: GraphQLResolveInfo,
  loader: DataLoader<string, T>,
): readonly T[] | Promise<T[]> | null {
  const ids = valid(linkage)?.ids;
  if (ids === undefined) return null;
  return selectsMoreThanId(context, info)
    ? Promise.all(ids.map((id) => loader.load(id)))
    : references(ids);
}

/** As `expandMany`, for a to-one relationship. */
export function expandOne<T extends { readonly id: string }>(
  linked: Lenient<Identifier>,
  context: Context,
  info: GraphQLResolveInfo,
  loader: DataLoader<string, T>,
): T | Promise<T> | null {
  const id = valid(linked)?.id;
  if (id === undefined) return null;
  return selectsMoreThanId(context, info) ? loader.load(id) : reference(id);
}

/** Stands for a resource of which the operation asks nothing but the id. */
export function reference<T extends { readonly id: string }>(id: string): T {
  return { id } as T;
}

export function references<T extends { readonly id: string }>(
  ids: readonly string[],
): readonly T[] {
  return ids.map((id) => reference<T>(id));
}
