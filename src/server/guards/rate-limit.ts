import { LRUCache } from 'lru-cache';
import type { Context } from '../../context.ts';
import { fingerprint, Secret } from '../../lib/secret.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { requestError } from '../errors/request-error.ts';
import type { ServerContext, ServerPlugin } from '../plugin.ts';
import type { ServerSettings } from '../settings.ts';
import { clientNetwork, networkOf } from './client-address.ts';
import { type Count, type Counted, createLimiter, type Limiter } from './limiter.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

/** How many callers' limits one address has. */
const CALLERS_PER_ADDRESS = 10;
/** The name of the limit of an address whose credentials no vendor has accepted yet. */
const UNKNOWN = 'new-credentials';
const UNKNOWN_TEXT = ' from one address, with credentials that no vendor has accepted yet';
const MAX_ACCEPTED = 10_000;
/** How long credentials count as accepted after a vendor last accepted them. */
const ACCEPTED_MS = 60 * 60 * 1_000;

/** A provider's name, and the headers of its keys. */
export interface KeyHeaders {
  readonly name: string;
  readonly keys: readonly string[];
}

export interface RateLimit {
  readonly plugin: ServerPlugin;
  /** Counts a request that is not an operation. @throws {GraphQLError} 429 */
  count(request: Request, serverContext: ServerContext): Promise<void>;
}

/** What a request counts against. */
interface Caller {
  /** Each has its own count. */
  readonly counted: readonly Counted[];
  /** Set if the credentials may be invented. */
  readonly address?: Counted;
}

/**
 * Limits the operations of each caller, before anything of a request is parsed. A caller is the person of a JWT or a
 * token; without these, the credentials of each vendor; without those, an address. Credentials that no vendor has
 * accepted yet also count against their address, because they may be invented. Every response that was counted says
 * what is left.
 * @param providers those whose credentials come with requests; empty with the server's own credentials
 * @param redis counts for all processes; without it, each counts for itself
 */
export function createRateLimit(
  { rateLimit, trustProxy }: ServerSettings,
  providers: readonly KeyHeaders[],
  redis?: RedisConnection,
): RateLimit {
  const callers = createLimiter(rateLimit, redis);
  const addresses = createLimiter(rateLimit * CALLERS_PER_ADDRESS, redis);
  // Fingerprints of a vendor's credentials, never the credentials themselves.
  const accepted = new LRUCache<string, true>({ max: MAX_ACCEPTED, ttl: ACCEPTED_MS });
  /** By the names of the limits. */
  const counts = new WeakMap<Request, Map<string, Count>>();

  function callerOf({ headers }: Request, { req, address, authentication }: ServerContext): Caller {
    if (authentication?.state === 'accepted') return { counted: [authentication.caller] };
    const counted = providers.flatMap((provider) => credentialsIn(headers, provider) ?? []);
    const network = req === undefined ? networkOf(address) : clientNetwork(req, trustProxy);
    const addressAs = (kind: string) => ({ kind, secrets: [new Secret(network)] });
    if (counted.length === 0) return { counted: [addressAs('address')] };
    return counted.every((each) => accepted.has(idOf(each)))
      ? { counted }
      : { counted, address: addressAs(UNKNOWN) };
  }

  async function count(request: Request, { counted, address }: Caller, operations: number) {
    const own = counts.get(request) ?? new Map<string, Count>();
    counts.set(request, own);
    const consume = async (limiter: Limiter, who: Counted, whose = '') => {
      const state = await limiter(who, operations);
      own.set(who.kind, state);
      if (state.isExceeded) throw exceeded(state, whose);
    };
    // The address first, so that names beyond its limit are not stored.
    if (address !== undefined) await consume(addresses, address, UNKNOWN_TEXT);
    for (const each of counted) await consume(callers, each);
  }

  const plugin: ServerPlugin = {
    async onRequestParse({ request, serverContext }) {
      const caller = callerOf(request, serverContext);
      await count(request, caller, 1);
      return {
        async onRequestParseDone({ requestParserResult: params }) {
          if (Array.isArray(params) && params.length > 1)
            await count(request, caller, params.length - 1);
        },
      };
    },
    onExecutionResult({ request, context }) {
      // Operations that were refused before execution have no context of ours.
      const { trace } = context as Partial<Context>;
      for (const provider of providers) {
        if (!trace?.accepted.has(provider.name)) continue;
        const credentials = credentialsIn(request.headers, provider);
        if (credentials !== undefined) accepted.set(idOf(credentials), true);
      }
    },
    onResponse({ request, response: { headers } }) {
      const own = counts.get(request);
      if (own === undefined) return;
      for (const [name, value] of Object.entries(rateLimitHeaders(own))) headers.set(name, value);
    },
  };
  return {
    plugin,
    count: (request, serverContext) => count(request, callerOf(request, serverContext), 1),
  };
}

/** The request's credentials of a provider; undefined if it has none. */
function credentialsIn(headers: Headers, { name, keys }: KeyHeaders): Counted | undefined {
  const texts = keys.map((key) => headers.get(key) ?? '');
  if (!texts.some(Boolean)) return undefined;
  return { kind: name.toLowerCase(), secrets: texts.map((text) => new Secret(text)) };
}

/** Within this process. */
function idOf({ kind, secrets }: Counted): string {
  return `${kind} ${fingerprint(...secrets)}`;
}

function exceeded({ limit, resetSeconds }: Count, whose: string) {
  return requestError(
    'RATE_LIMITED',
    `Rate limit exceeded: more than ${limit} operations in a minute${whose}. Try again in ${resetSeconds} seconds.`,
    { 'Retry-After': String(resetSeconds) },
  );
}
