import { GraphQLSchema } from 'graphql';
import { createBuilder } from './builder.ts';
import { resolveEntitiesApart } from './entities.ts';
import type { SchemaProvider } from './provider.ts';
import { defineUser } from './user.ts';
import { defineViewer } from './viewer.ts';

const FEDERATION = 'https://specs.apollo.dev/federation/v2.6';
const DESCRIPTION =
  'Who you are: your user, organization, roles and permissions, from the providers that you have credentials for. Null means not known; an empty list means that the provider said none.';

export interface Schemas {
  /** For front ends; printed to `schema/schema.graphql`. */
  readonly graph: GraphQLSchema;
  /**
   * The same with federation's fields and directives; printed to `schema/subgraph.graphql`. Created when first read,
   * because that takes longer than creating all the rest of a server.
   */
  readonly subgraph: GraphQLSchema;
}

export function createSchemas(providers: readonly SchemaProvider[]): Schemas {
  const builder = createBuilder();
  defineViewer(builder, providers, defineUser(builder, providers));
  let subgraph: GraphQLSchema | undefined;
  return {
    graph: described(builder.toSchema({ sortSchema: false })),
    // Without the description: its SDL is a schema extension, which cannot have one.
    get subgraph() {
      subgraph ??= resolveEntitiesApart(
        builder.toSubGraphSchema({
          sortSchema: false,
          linkUrl: FEDERATION,
          federationDirectives: ['@key'],
        }),
      );
      return subgraph;
    },
  };
}

/** Adds the schema's description, which Pothos does not support. */
function described(schema: GraphQLSchema): GraphQLSchema {
  return new GraphQLSchema({ ...schema.toConfig(), description: DESCRIPTION });
}
