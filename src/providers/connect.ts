import { MemoryStore } from '../cache/memory-store.ts';
import { RedisStore } from '../cache/redis-store.ts';
import { type CacheSettings, isCaching } from '../cache/settings.ts';
import type { Connection, RequestContext, Trace } from '../context.ts';
import type { BrokerMeans } from '../credentials/broker.ts';
import type { CredentialsSettings } from '../credentials/settings.ts';
import type { Owner } from '../credentials/store.ts';
import { RolecallError } from '../errors.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { ParseCache } from '../upstream/parse-cache.ts';
import { Reuse } from '../upstream/reuse.ts';
import type { UpstreamSettings } from '../upstream/settings.ts';
import { createTransport } from '../upstream/transport.ts';
import { Upstream } from '../upstream/upstream.ts';
import {
  type ConfiguredProvider,
  type CredentialSource,
  createHeaderSource,
  createStoreSource,
  type RequestCredentials,
  serverCredentials,
} from './credential-source.ts';
import type { Person } from './provider.ts';
import { scopeOf } from './request-scope.ts';

export interface ConnectSettings {
  /**
   * Whose credentials to use: the server's, from the environment; those in each request's headers; or the stored ones of
   * the person in the caller's token.
   */
  readonly credentials: 'server' | 'request' | 'caller';
  /** Whom the graph shows: the owner of the credentials, or the person in the caller's token. */
  readonly viewer: 'key' | 'caller';
  readonly callerCredentials: CredentialsSettings;
  readonly upstream: UpstreamSettings;
  readonly cache: CacheSettings;
  readonly providers: readonly ConfiguredProvider[];
}

/** What is known of a request before it is connected. */
export interface Incoming {
  readonly request: Request;
  /** The person in its token; undefined where there is no JWT. */
  readonly caller?: Person & Owner;
}

/** Connects one request to one provider. */
type Connector = (
  incoming: Incoming,
  trace: Trace,
  credentials: RequestCredentials,
) => readonly [string, Connection];

/**
 * Creates the function that creates the context of each request. Requests must not share a context, or one person would
 * see another's identity.
 * @param reportBroker gets each failure to fetch a caller's credentials, and undefined for each success
 * @param redis keeps responses that are used again; without it, this process does
 */
export function createContextFactory(
  settings: ConnectSettings,
  reportBroker: BrokerMeans['report'],
  redis?: RedisConnection,
): (incoming: Incoming) => RequestContext | Promise<RequestContext> {
  const { upstream, providers, viewer } = settings;
  const transport = createTransport(upstream.proxy);
  const means = {
    settings: upstream,
    transport,
    parseCache: new ParseCache(upstream.parseCacheMegabytes),
    reuse: createReuse(settings, redis),
  };
  const connectors = providers.map((configured) =>
    createConnector(configured, viewer, new Upstream(configured.provider, means)),
  );
  const sources: Record<ConnectSettings['credentials'], () => CredentialSource> = {
    server: () => () => serverCredentials,
    request: () => createHeaderSource(providers),
    caller: () =>
      createStoreSource(settings.callerCredentials, providers, {
        upstream,
        transport,
        report: reportBroker,
      }),
  };
  const credentialsOf = sources[settings.credentials]();

  return (incoming) => {
    const trace: Trace = {
      providers: new Set(),
      accepted: new Set(),
      upstream: [],
      warnings: new Set(),
      receivedAt: new Map(),
    };
    const connect = (credentials: RequestCredentials): RequestContext => ({
      trace,
      credentialsError: credentials.error,
      connections: new Map(connectors.map((each) => each(incoming, trace, credentials))),
    });
    const { request, caller } = incoming;
    const credentials = credentialsOf({ request, caller, trace });
    return credentials instanceof Promise ? credentials.then(connect) : connect(credentials);
  };
}

function createConnector(
  configured: ConfiguredProvider,
  viewer: ConnectSettings['viewer'],
  upstream: Upstream,
): Connector {
  const { provider, settings } = configured;
  const opened = provider.open(settings.value, upstream);
  const isAbsent = viewer === 'caller' && !provider.findsPeople;
  return ({ request, caller }, trace, credentials) => {
    const own = isAbsent ? undefined : credentials.of(configured);
    if (own === undefined) return [provider.name, { state: 'absent' }];
    if (own instanceof RolecallError) return [provider.name, { state: 'unusable', error: own }];
    const { reject } = credentials;
    const scope = { ...scopeOf(request, trace, provider.name), ...(reject && { reject }) };
    const session =
      viewer === 'caller'
        ? opened.connectPerson?.(own, personOf(caller), scope)
        : opened.connect(own, scope);
    return [provider.name, { state: 'connected', session }];
  };
}

function personOf(caller: Person | undefined): Person {
  if (caller !== undefined) return caller;
  throw new Error('VIEWER is caller, and a request without a caller was let in');
}

function createReuse(
  { cache, upstream: { deadlineMs, parseCacheMegabytes } }: ConnectSettings,
  redis: RedisConnection | undefined,
): Reuse | undefined {
  if (!isCaching(cache)) return undefined;
  const store =
    redis === undefined ? new MemoryStore(parseCacheMegabytes) : new RedisStore(redis, deadlineMs);
  return new Reuse(cache, store, deadlineMs);
}
