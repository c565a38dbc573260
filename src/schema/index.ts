import type { GraphQLSchema } from 'graphql';
import { createBuilder } from './builder.ts';
import { resolveEntitiesApart } from './entities.ts';
import type { SchemaProvider } from './provider.ts';
import { defineUser } from './user.ts';
import { defineViewer } from './viewer.ts';

const FEDERATION = 'https://specs.apollo.dev/federation/v2.6';

export interface Schemas {
  /** What front ends see: `schema/schema.graphql` is its print. */
  readonly graph: GraphQLSchema;
  /** The same with federation's fields and directives: `schema/subgraph.graphql` is its print. */
  readonly subgraph: GraphQLSchema;
}

export function createSchemas(providers: readonly SchemaProvider[]): Schemas {
  const builder = createBuilder();
  defineViewer(builder, providers, defineUser(builder, providers));
  return {
    graph: builder.toSchema({ sortSchema: false }),
    subgraph: resolveEntitiesApart(
      builder.toSubGraphSchema({
        sortSchema: false,
        linkUrl: FEDERATION,
        federationDirectives: ['@key'],
      }),
    ),
  };
}
