import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Context, RequestContext } from '../context.ts';
import type { IdentitySettings } from '../identity/settings.ts';
import { JwtVerifier } from '../identity/verifier.ts';
import { type ConnectSettings, createContextFactory } from '../providers/connect.ts';
import { RedisConnection } from '../redis/connection.ts';
import type { RedisSettings } from '../redis/settings.ts';
import { createSchemas } from '../schema/index.ts';
import { reportedOnce } from './errors/deduplicate.ts';
import { maskError } from './errors/mask-error.ts';
import { staleWarnings } from './errors/warnings.ts';
import { createExecution } from './execution/index.ts';
import { createGraphiQL } from './graphiql/index.ts';
import {
  assertAuthenticated,
  authenticatedOnly,
  createAuthentication,
  createTokenCheck,
} from './guards/authentication.ts';
import { createBodyLimit } from './guards/body-limit.ts';
import { createCsrfPrevention } from './guards/csrf.ts';
import { localHost } from './guards/host-check.ts';
import { hiddenSchema } from './guards/introspection.ts';
import { noPersistedQueries } from './guards/persisted-queries.ts';
import { createRateLimit } from './guards/rate-limit.ts';
import { createLimits } from './guards/request-limits.ts';
import { wellFormedParameters } from './guards/request-params.ts';
import { validationRules } from './guards/validation-rules.ts';
import { createBrokerLog } from './http/broker-log.ts';
import { createCors } from './http/cors.ts';
import { createIssuerLog } from './http/issuer-log.ts';
import { createOperationLog } from './http/operation-log.ts';
import { createRedisLog } from './http/redis-log.ts';
import { requestId } from './http/request-id.ts';
import { responseHeaders } from './http/response-headers.ts';
import { createRoutes, isPath, type Readiness } from './http/routes.ts';
import type { ServerContext, ServerPlugin } from './plugin.ts';
import type { RolecallServer } from './rolecall-server.ts';
import type { ServerSettings } from './settings.ts';

export const GRAPHQL_PATH = '/graphql';
const SUBGRAPH_PATH = '/subgraph';

export interface ServerConfig extends ConnectSettings {
  /** May anyone who reaches the server use its keys? Then it listens on loopback only. */
  readonly isOpen: boolean;
  /** Do the providers call the sandbox rather than the vendors? */
  readonly sandbox: boolean;
  readonly identity: IdentitySettings;
  readonly server: ServerSettings;
  readonly redis: RedisSettings;
}

export function createServer(
  config: ServerConfig,
  logger: Logger,
  readiness: Readiness,
): RolecallServer {
  const { server: settings } = config;
  const providers = config.providers.map(({ provider }) => provider);
  const keyHeaders = providers.flatMap(({ headers }) => headers.keys);
  const callerKeys =
    config.credentials === 'request'
      ? providers.map(({ name, headers }) => ({ name, keys: headers.keys }))
      : [];
  const redis = config.redis.url.value && new RedisConnection(config.redis, createRedisLog(logger));
  const { jwt, logSecret } = config.identity;
  const verifier =
    jwt && new JwtVerifier(jwt, logSecret, config.upstream.proxy, createIssuerLog(logger));
  const isClosed = settings.clientTokens.value.length > 0 || verifier !== undefined;
  const checkToken = createTokenCheck(settings.clientTokens, verifier);
  const rateLimit =
    settings.rateLimit > 0 ? createRateLimit(settings, callerKeys, redis) : undefined;
  const corsHeaders = [
    ...keyHeaders,
    ...providers.flatMap(({ headers }) => headers.others),
    ...settings.corsHeaders,
  ];
  const contextOf = createContextFactory(config, createBrokerLog(logger), redis);
  const schemas = createSchemas(providers);

  // In the order in which they run. Both endpoints share them, and therefore their counts.
  const guards: ServerPlugin[] = [
    // First after parsing, so that a batch that is too long counts as one operation.
    createLimits(settings.limits),
    ...(isClosed ? [createAuthentication(checkToken)] : []),
    ...(rateLimit ? [rateLimit.plugin] : []),
    ...(isClosed ? [authenticatedOnly] : []),
    ...(config.isOpen ? [localHost] : []),
    createCsrfPrevention(settings.corsOrigins),
    wellFormedParameters,
    noPersistedQueries,
    validationRules,
    ...(settings.introspection ? [] : [hiddenSchema]),
    reportedOnce,
    staleWarnings,
  ];

  const isReady = () => readiness.isReady && (verifier?.isReady ?? true);

  function createEndpoint(
    path: string,
    schema: GraphQLSchema,
    bodyBytes: number,
    page: ServerPlugin[],
  ) {
    const execution = createExecution(schema, settings.limits);
    const withState = (context: RequestContext) => ({
      ...context,
      execution: execution.createState(),
    });
    return createYoga<ServerContext, Context>({
      schema,
      context: (initial) => {
        const context = contextOf(initial);
        return context instanceof Promise ? context.then(withState) : withState(context);
      },
      graphqlEndpoint: path,
      plugins: [
        requestId,
        responseHeaders,
        // Before the log, so that it reports responses that these plugins refuse.
        ...execution.plugins,
        createOperationLog(logger),
        createRoutes({
          path,
          home: GRAPHQL_PATH,
          hasPage: settings.graphiql,
          isReady,
          isDegraded: () => redis?.isUsed === false,
        }),
        ...page,
        ...guards,
        createBodyLimit(bodyBytes),
      ],
      cors: createCors(settings.corsOrigins, corsHeaders),
      parserAndValidationCache: execution.parserAndValidationCache,
      batching: { limit: settings.limits.batch },
      // createBodyLimit does this.
      maxRequestBodySize: false,
      fetchAPI: execution.fetchAPI,
      maskedErrors: { maskError },
      logging: logger,
      multipart: false,
      // createGraphiQL and createRoutes do this. A URL cannot end with a line break, so Yoga's health check is off.
      graphiql: false,
      landingPage: false,
      healthCheckEndpoint: '\n',
    });
  }

  const graphiql = createGraphiQL({
    endpoint: GRAPHQL_PATH,
    isSandbox: config.sandbox,
    needsToken: isClosed,
    hasDocs: settings.introspection,
    async admit(request, serverContext) {
      if (isClosed) await checkToken(request, serverContext);
      await rateLimit?.count(request, serverContext);
      if (isClosed) assertAuthenticated(serverContext);
    },
    logger,
  });
  const graphEndpoint = createEndpoint(
    GRAPHQL_PATH,
    schemas.graph,
    settings.limits.bodyBytes,
    settings.graphiql ? [graphiql] : [],
  );
  // Created at its first request, which most servers never get.
  let subgraphEndpoint: typeof graphEndpoint | undefined;
  function endpointOf(url: string) {
    const path = URL.parse(url, 'http://localhost')?.pathname ?? '';
    if (!settings.subgraph || !isPath(path, SUBGRAPH_PATH)) return graphEndpoint;
    subgraphEndpoint ??= createEndpoint(
      SUBGRAPH_PATH,
      schemas.subgraph,
      settings.limits.subgraphBodyBytes,
      [],
    );
    return subgraphEndpoint;
  }

  return {
    listener: (request, response) => endpointOf(request.url ?? '/')(request, response),
    fetch: async (request, address) => endpointOf(request.url).fetch(request, { address }),
    schema: schemas.graph,
    get isReady() {
      return isReady();
    },
    close: () => redis?.close(),
  };
}
