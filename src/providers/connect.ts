import type { Connection, RequestContext, Trace } from '../context.ts';
import { RolecallError } from '../errors.ts';
import type { Current } from '../lib/current.ts';
import type { RequestScope } from '../upstream/call.ts';
import { ResponseCache } from '../upstream/response-cache.ts';
import type { UpstreamSettings } from '../upstream/settings.ts';
import { createTransport } from '../upstream/transport.ts';
import { Upstream } from '../upstream/upstream.ts';
import type { Person, Provider, ProviderSettings } from './provider.ts';

export interface ConfiguredProvider {
  readonly provider: Provider;
  /** Only its credentials may change. */
  readonly settings: Current<ProviderSettings>;
}

export interface ConnectSettings {
  /** Whose credentials to use: the server's, from the environment, or those in each request's headers. */
  readonly credentials: 'server' | 'request';
  /** Whom the graph shows: the owner of the credentials, or the person in the caller's token. */
  readonly viewer: 'key' | 'caller';
  readonly upstream: UpstreamSettings;
  readonly providers: readonly ConfiguredProvider[];
}

/** What is known of a request before it is connected. */
export interface Incoming {
  readonly request: Request;
  /** The person in its token; undefined where there is no JWT. */
  readonly caller?: Person;
}

/**
 * Creates the function that creates the context of each request. Requests must not share a context, or one person would
 * see another's identity.
 */
export function createContextFactory(
  settings: ConnectSettings,
): (incoming: Incoming) => RequestContext {
  const transport = createTransport(settings.upstream.proxy);
  const cache = new ResponseCache(settings.upstream.responseCacheMegabytes);
  const keyHeaders = settings.providers.flatMap(({ provider }) => provider.headers.keys);
  const connectors = settings.providers.map(({ provider, settings: current }) => {
    const opened = provider.open(
      current.value,
      new Upstream(provider, settings.upstream, transport, cache),
    );
    const isAbsent = settings.viewer === 'caller' && !provider.findsPeople;
    return (
      { request, caller }: Incoming,
      { upstream }: Trace,
      isKeyless: boolean,
    ): [string, Connection] => {
      const own = current.value;
      const credentials =
        settings.credentials === 'request'
          ? (readHeaders(provider, request.headers, own) ??
            (isKeyless ? findLookalike(provider, request.headers) : undefined))
          : own.credentials;
      if (isAbsent || credentials === undefined) return [provider.name, { state: 'absent' }];
      if (credentials instanceof RolecallError) {
        return [provider.name, { state: 'unusable', error: credentials }];
      }
      const scope: RequestScope = {
        signal: request.signal,
        report: (report) => upstream.push({ provider: provider.name, ...report }),
      };
      const session =
        settings.viewer === 'caller'
          ? opened.connectPerson?.(credentials, personOf(caller), scope)
          : opened.connect(credentials, scope);
      return [provider.name, { state: 'connected', session }];
    };
  });
  return (incoming) => {
    const isKeyless = !keyHeaders.some((name) => incoming.request.headers.get(name));
    const trace: Trace = { providers: new Set(), accepted: new Set(), upstream: [] };
    return {
      trace,
      connections: new Map(connectors.map((connect) => connect(incoming, trace, isKeyless))),
    };
  };
}

function personOf(caller: Person | undefined): Person {
  if (caller !== undefined) return caller;
  throw new Error('VIEWER is caller, and a request without a caller was let in');
}

function readHeaders(provider: Provider, headers: Headers, settings: ProviderSettings): unknown {
  try {
    return provider.readHeaders(headers, settings);
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
}

/** The error for a request without any key that has a header with a similar name. */
function findLookalike(
  { name, title, headers }: Provider,
  sent: Headers,
): RolecallError | undefined {
  for (const [header, value] of sent) {
    if (value === '' || !headers.lookalikes.test(header)) continue;
    const keys = `${title}’s ${headers.keys.length === 1 ? 'key' : 'keys'}`;
    return new RolecallError(
      `The header ${header} does not connect ${title}: send ${keys} as ${headers.keys.join(' and ')}.`,
      { code: 'CREDENTIALS_MISSING', provider: name },
    );
  }
  return undefined;
}
