import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Context, createContextFactory } from '../context.ts';
import { createSchemas } from '../schema/index.ts';
import { answerHeaders } from './answer-headers.ts';
import { createAuthentication } from './authentication.ts';
import { createBodyLimit } from './body-limit.ts';
import { BufferedResponse } from './buffered-response.ts';
import { createCompiledExecution } from './compiled-execution.ts';
import { createCors } from './cors.ts';
import { createCsrfPrevention } from './csrf.ts';
import { createDocumentCaches } from './document-cache.ts';
import { createGraphiQL } from './graphiql.ts';
import { hiddenSchema } from './introspection.ts';
import { createLimits } from './limits.ts';
import { localHost } from './local-host.ts';
import { maskError } from './mask-error.ts';
import { countLists, createNodeLimit } from './node-limit.ts';
import { createOperationLog } from './operation-log.ts';
import { wellFormedParameters } from './parameters.ts';
import type { ServerContext, ServerPlugin } from './plugin.ts';
import { createRateLimit } from './rate-limit.ts';
import { releaseSentBytes } from './release-sent-bytes.ts';
import { reportedOnce } from './reported-once.ts';
import { requestId } from './request-id.ts';
import { createRoutes, type Readiness } from './routes.ts';
import { validationRules } from './validation-rules.ts';

export const GRAPHQL_PATH = '/graphql';
const SUBGRAPH_PATH = '/subgraph';

/** Rolecall as an HTTP handler. */
export interface RolecallServer {
  /** For `node:http`. */
  readonly listener: RequestListener;
  /** For whoever has no port. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

export function createServer(config: Config, logger: Logger, readiness: Readiness): RolecallServer {
  const { server: settings } = config;
  const providers = config.providers.map(({ provider }) => provider);
  const keyHeaders = providers.flatMap(({ headers }) => headers.keys);
  const callerHeaders = config.credentials === 'request' ? keyHeaders : [];
  const corsHeaders = [...keyHeaders, ...providers.flatMap(({ headers }) => headers.others)];
  const context = createContextFactory(config);
  const { graph, subgraph } = createSchemas(providers);

  // In the order in which a request meets them; both endpoints share them, and so their counts.
  const guards: ServerPlugin[] = [
    ...(settings.clientTokens.length > 0 ? [createAuthentication(settings.clientTokens)] : []),
    ...(config.isOpen ? [localHost] : []),
    createCsrfPrevention(settings.corsOrigins),
    createLimits(settings.limits),
    wellFormedParameters,
    validationRules,
    ...(settings.rateLimit > 0 ? [createRateLimit(settings, callerHeaders)] : []),
    ...(settings.introspection ? [] : [hiddenSchema]),
    createNodeLimit(settings.limits.nodes),
    reportedOnce,
  ];

  function createEndpoint(
    path: string,
    schema: GraphQLSchema,
    bodyBytes: number,
    page: ServerPlugin[],
  ) {
    return createYoga<ServerContext, Context>({
      schema,
      context,
      graphqlEndpoint: path,
      plugins: [
        requestId,
        answerHeaders,
        createOperationLog(logger),
        createRoutes(path, GRAPHQL_PATH, readiness),
        ...page,
        ...guards,
        createBodyLimit(bodyBytes),
        createCompiledExecution(schema),
        releaseSentBytes,
      ],
      cors: createCors(settings.corsOrigins, corsHeaders),
      parserAndValidationCache: createDocumentCaches(),
      batching: { limit: settings.limits.batch },
      // createBodyLimit refuses them.
      maxRequestBodySize: false,
      fetchAPI: { Response: BufferedResponse },
      maskedErrors: { maskError },
      logging: logger,
      multipart: false,
      // createGraphiQL and createRoutes answer these; no URL ends with a line break.
      graphiql: false,
      landingPage: false,
      healthCheckEndpoint: '\n',
    });
  }

  const graphEndpoint = createEndpoint(
    GRAPHQL_PATH,
    countLists(graph),
    settings.limits.bodyBytes,
    settings.graphiql ? [createGraphiQL(GRAPHQL_PATH, logger)] : [],
  );
  const subgraphEndpoint = settings.subgraph
    ? createEndpoint(SUBGRAPH_PATH, countLists(subgraph), settings.limits.subgraphBodyBytes, [])
    : graphEndpoint;
  const endpointOf = (url: string) =>
    URL.parse(url, 'http://localhost')?.pathname === SUBGRAPH_PATH
      ? subgraphEndpoint
      : graphEndpoint;

  return {
    listener: (request, response) => endpointOf(request.url ?? '/')(request, response),
    fetch: async (url, init = {}) => endpointOf(url).fetch(url, init),
  };
}
