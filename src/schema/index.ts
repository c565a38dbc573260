import type { GraphQLSchema } from 'graphql';
import type { Provider } from '../providers/provider.ts';
import { createBuilder } from './builder.ts';
import { defineUser } from './user.ts';
import { defineViewer } from './viewer.ts';

/** The public schema, of which `schema/schema.graphql` is the print. */
export function createSchema(providers: readonly Provider[]): GraphQLSchema {
  const builder = createBuilder();
  defineViewer(builder, providers, defineUser(builder, providers));
  return builder.toSchema({ sortSchema: false });
}
