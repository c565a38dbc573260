import {
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import type { Context } from '../context.ts';
import { RolecallError } from '../errors.ts';
import { isJsonObject } from '../lib/json.ts';

type ResolveReference = (
  representation: { readonly id: string },
  context: Context,
  info: GraphQLResolveInfo,
) => Promise<unknown>;

/**
 * Resolves each representation independently. The resolver of `@apollo/subgraph` nulls all of them if one has an unknown
 * `__typename`, or throws synchronously.
 */
export function resolveEntitiesApart(schema: GraphQLSchema): GraphQLSchema {
  const entities = schema.getQueryType()?.getFields()['_entities'];
  if (entities === undefined) throw new Error('The schema has no entities');
  entities.resolve = (
    _query,
    { representations }: { representations: readonly unknown[] },
    context: Context,
    info,
  ) => representations.map((representation) => resolveEntity(representation, context, info));
  return schema;
}

async function resolveEntity(
  representation: unknown,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const { __typename, id } = isJsonObject(representation) ? representation : {};
  const type = typeof __typename === 'string' ? info.schema.getType(__typename) : undefined;
  const resolveReference = isObjectType(type) ? resolveReferenceOf(type) : undefined;
  if (resolveReference === undefined || typeof id !== 'string' || id === '') {
    throw new RolecallError(
      'A representation must have the `__typename` of an entity and an `id`.',
      {
        code: 'INVALID_REPRESENTATION',
      },
    );
  }
  return resolveReference({ id }, context, info);
}

/** The federation plugin stores it where `@apollo/subgraph` does. */
function resolveReferenceOf({ extensions }: GraphQLObjectType): ResolveReference | undefined {
  const apollo = extensions['apollo'] as
    | { subgraph?: { resolveReference?: ResolveReference } }
    | undefined;
  return apollo?.subgraph?.resolveReference;
}
