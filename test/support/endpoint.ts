import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Config } from '../../src/config/index.ts';
import type { Context } from '../../src/context.ts';
import { createContextFactory } from '../../src/providers/connect.ts';
import { createExecution } from '../../src/server/execution/index.ts';
import type { ServerContext, ServerPlugin } from '../../src/server/plugin.ts';
import { readConfig } from './config.ts';

/** Creates contexts for this schema as the server does. */
export function createContexts(schema: GraphQLSchema, config: Config = readConfig({})) {
  const contextOf = createContextFactory(config, () => {});
  const execution = createExecution(schema, config.server.limits);
  return {
    plugins: execution.plugins,
    async newContext(request = new Request('http://rolecall.example/graphql')): Promise<Context> {
      return { ...(await contextOf({ request })), execution: execution.createState() };
    },
  };
}

/** An endpoint with the server's contexts and execution, for a schema and plugins of the test's own. */
export function createEndpoint(
  schema: GraphQLSchema,
  plugins: readonly ServerPlugin[] = [],
  config?: Config,
) {
  const contexts = createContexts(schema, config);
  const yoga = createYoga<ServerContext, Context>({
    schema,
    context: ({ request }) => contexts.newContext(request),
    plugins: [...contexts.plugins, ...plugins],
    logging: false,
    maskedErrors: false,
  });
  return {
    /** Posts a body as JSON. */
    async post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
      return yoga.fetch('http://rolecall.example/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    },
  };
}
