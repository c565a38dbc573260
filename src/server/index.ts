import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Context, createContextFactory } from '../context.ts';
import { createSchema } from '../schema/index.ts';
import { createAuthentication } from './authentication.ts';
import { createCors } from './cors.ts';
import { createCsrfPrevention } from './csrf.ts';
import { createGraphiQL } from './graphiql.ts';
import { hiddenSchema } from './introspection.ts';
import { createLimits } from './limits.ts';
import { maskError } from './mask-error.ts';
import { countLists, createNodeLimit } from './node-limit.ts';
import { createOperationLog } from './operation-log.ts';
import { operationNameIsText } from './operation-name.ts';
import type { ServerPlugin } from './plugin.ts';
import { createRateLimit } from './rate-limit.ts';
import { requestId } from './request-id.ts';
import { createRoutes, type Readiness } from './routes.ts';

export const GRAPHQL_PATH = '/graphql';

/** Rolecall as an HTTP handler: pass it to `node:http`, or call its `fetch`. */
export function createServer(
  config: Config,
  logger: Logger,
  readiness: Readiness,
): YogaServerInstance<object, Context> {
  const { server: settings } = config;
  const providers = config.providers.map(({ provider }) => provider);
  const credentialHeaders = providers.flatMap((provider) => provider.credentialHeaders);
  const callerHeaders = config.credentials === 'request' ? credentialHeaders : [];

  // In the order in which a request meets them.
  const plugins: ServerPlugin[] = [
    requestId,
    createOperationLog(logger),
    createRoutes(GRAPHQL_PATH, readiness),
    ...(settings.graphiql ? [createGraphiQL(GRAPHQL_PATH)] : []),
    ...(settings.clientTokens.length > 0 ? [createAuthentication(settings.clientTokens)] : []),
    createCsrfPrevention(settings.corsOrigins),
    createLimits(settings.limits),
    operationNameIsText,
    ...(settings.rateLimit > 0 ? [createRateLimit(settings, callerHeaders)] : []),
    ...(settings.introspection ? [] : [hiddenSchema]),
    createNodeLimit(settings.limits.nodes),
  ];

  return createYoga<object, Context>({
    schema: countLists(createSchema(providers)),
    context: createContextFactory(config),
    graphqlEndpoint: GRAPHQL_PATH,
    plugins,
    cors: createCors(settings.corsOrigins, credentialHeaders),
    batching: { limit: settings.limits.batch },
    maxRequestBodySize: settings.limits.bodyBytes,
    maskedErrors: { maskError },
    logging: logger,
    multipart: false,
    // createGraphiQL and createRoutes answer these; no URL ends with a line break.
    graphiql: false,
    landingPage: false,
    healthCheckEndpoint: '\n',
  });
}
