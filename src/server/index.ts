import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Config } from '../config.ts';
import { createContextFactory } from '../context.ts';
import { createSchema } from '../schema/index.ts';
import { createGraphiQL } from './graphiql.ts';
import { maskError } from './mask-error.ts';
import { createRoutes } from './routes.ts';

export const GRAPHQL_PATH = '/graphql';

/** Rolecall as an HTTP handler: pass it to `node:http`, or call its `fetch`. */
export function createServer(config: Config) {
  const server = createYoga({
    schema: createSchema(config.providers.map(({ provider }) => provider)),
    context: createContextFactory(config),
    graphqlEndpoint: GRAPHQL_PATH,
    plugins: [
      createRoutes(GRAPHQL_PATH),
      ...(config.graphiql ? [createGraphiQL(GRAPHQL_PATH)] : []),
    ],
    maskedErrors: { maskError },
    // The default reflects whatever origin asks, with credentials.
    cors: false,
    multipart: false,
    // createRoutes answers it; no URL ends so.
    healthCheckEndpoint: '\n',
    graphiql: false,
    landingPage: false,
  });
  return server as unknown as YogaServerInstance<Record<never, never>, Record<never, never>>;
}
