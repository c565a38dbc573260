import type { GraphQLResolveInfo } from 'graphql';
import type { YogaInitialContext } from 'graphql-yoga';
import type { Config } from './config.ts';
import { RolecallError } from './errors.ts';
import type { Provider, ProviderSettings } from './providers/provider.ts';
import type { CallReport } from './upstream/call.ts';
import { DocumentMemory } from './upstream/document-memory.ts';
import { createTransport } from './upstream/transport.ts';
import { Upstream } from './upstream/upstream.ts';

type Path = GraphQLResolveInfo['path'];

/** What one request can do with one provider. */
export type Connection =
  /** `session` is the provider's own; it lives as long as the request. */
  | { readonly state: 'connected'; readonly session: unknown }
  | { readonly state: 'absent' }
  /** Credentials came that cannot be used: the provider's field says why. */
  | { readonly state: 'unusable'; readonly error: RolecallError };

/** What resolvers share during one request. Nothing in it outlives the request. */
export interface Context {
  readonly connections: ReadonlyMap<Provider, Connection>;
  /** What the log tells of the operation. */
  readonly trace: Trace;
  /** Failures that left something out of fields without nulling them. */
  readonly omissions: Map<RolecallError, Set<Path>>;
  /** What whoever is the key wants to find again. Unlike in a WeakMap, it is young garbage when the request is over. */
  readonly kept: Map<object, unknown>;
}

export interface Trace {
  /** The names of the providers that the operation asked. */
  readonly providers: Set<string>;
  /** The calls that this request made; it has none of its own where it shared another one's. */
  readonly upstream: ({ readonly provider: string } & CallReport)[];
}

/**
 * Makes the function that gives each request a context of its own:
 * a context that two requests shared would show one person's identity to another.
 */
export function createContextFactory(
  config: Config,
): (initial: Pick<YogaInitialContext, 'request'>) => Context {
  const transport = createTransport(config.upstream.proxy);
  const memory = new DocumentMemory(config.upstream.documentMemoryMegabytes);
  const connectors = config.providers.map(({ provider, settings }) => {
    const opened = provider.open(settings, new Upstream(config.upstream, transport, memory));
    return (request: Request, { upstream }: Trace): [Provider, Connection] => {
      const credentials =
        config.credentials === 'request'
          ? readHeaders(provider, request.headers, settings)
          : settings.credentials;
      if (credentials === undefined) return [provider, { state: 'absent' }];
      if (credentials instanceof RolecallError) {
        return [provider, { state: 'unusable', error: credentials }];
      }
      const session = opened.connect(credentials, {
        signal: request.signal,
        report: (report) => upstream.push({ provider: provider.name, ...report }),
      });
      return [provider, { state: 'connected', session }];
    };
  });
  return ({ request }) => {
    const trace: Trace = { providers: new Set(), upstream: [] };
    return {
      trace,
      omissions: new Map(),
      kept: new Map(),
      connections: new Map(connectors.map((connect) => connect(request, trace))),
    };
  };
}

function readHeaders(provider: Provider, headers: Headers, settings: ProviderSettings): unknown {
  try {
    return provider.readHeaders(headers, settings);
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
}

/** The session of a provider whose resolvers run, so that there is one. */
export function sessionOf(context: Context, provider: Provider): unknown {
  const connection = context.connections.get(provider);
  if (connection?.state === 'connected') return connection.session;
  throw new Error(`${provider.name} is not connected, yet its resolvers run`);
}

/**
 * The session of a provider that is about to be asked; null where it is not connected.
 * @throws {RolecallError} where credentials came that cannot be used
 */
export function sessionToAsk(context: Context, provider: Provider): unknown {
  const connection = context.connections.get(provider);
  if (connection?.state === 'unusable') throw connection.error;
  if (connection?.state !== 'connected') return null;
  context.trace.providers.add(provider.name);
  return connection.session;
}
