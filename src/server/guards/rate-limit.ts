import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Context } from '../../context.ts';
import { fingerprint, Secret } from '../../lib/secret.ts';
import { requestError } from '../errors/request-error.ts';
import type { ServerContext, ServerPlugin } from '../plugin.ts';
import type { ServerSettings } from '../settings.ts';
import { clientNetwork } from './client-address.ts';

const WINDOW_SECONDS = 60;
/** How many callers' limits one address has. */
const CALLERS_PER_ADDRESS = 10;
const UNKNOWN = ' from one address, with credentials that no vendor has accepted yet';
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

/** What a request counts against; each name has its own count. */
interface Caller {
  readonly names: readonly string[];
  /** Set if the names may be invented. */
  readonly address?: string;
}

/**
 * Limits the operations of each caller, before anything of a request is parsed. A caller is the person of a JWT or a
 * token; without these, the credentials of each vendor; without those, an address. Credentials that no vendor has
 * accepted yet also count against their address, because they may be invented. Each process counts for itself.
 * @param providers those whose credentials come with requests; empty with the server's own credentials
 */
export function createRateLimit(
  { rateLimit, trustProxy }: ServerSettings,
  providers: readonly KeyHeaders[],
): RateLimit {
  const duration = WINDOW_SECONDS;
  const callers = new RateLimiterMemory({ points: rateLimit, duration });
  const addresses = new RateLimiterMemory({ points: rateLimit * CALLERS_PER_ADDRESS, duration });
  // Fingerprints of a vendor's credentials, never the credentials themselves.
  const accepted = new LRUCache<string, true>({ max: MAX_ACCEPTED, ttl: ACCEPTED_MS });

  function callerOf(request: Request, { req, authentication }: ServerContext): Caller {
    if (authentication?.state === 'accepted') return { names: [authentication.name] };
    const names = providers.flatMap((provider) => nameOf(provider, request.headers) ?? []);
    const address = req === undefined ? 'unknown' : clientNetwork(req, trustProxy);
    if (names.length === 0) return { names: [address] };
    return names.every((name) => accepted.has(name)) ? { names } : { names, address };
  }

  async function count({ names, address }: Caller, operations: number): Promise<void> {
    // The address first, so that names beyond its limit are not stored.
    if (address !== undefined) await consume(addresses, address, operations, UNKNOWN);
    for (const name of names) await consume(callers, name, operations);
  }

  const plugin: ServerPlugin = {
    async onRequestParse({ request, serverContext }) {
      const caller = callerOf(request, serverContext);
      await count(caller, 1);
      return {
        async onRequestParseDone({ requestParserResult: params }) {
          if (Array.isArray(params) && params.length > 1) await count(caller, params.length - 1);
        },
      };
    },
    onExecutionResult({ request, context }) {
      // Operations that were refused before execution have no context of ours.
      const { trace } = context as Partial<Context>;
      for (const provider of providers) {
        if (!trace?.accepted.has(provider.name)) continue;
        const name = nameOf(provider, request.headers);
        if (name !== undefined) accepted.set(name, true);
      }
    },
  };
  return {
    plugin,
    count: (request, serverContext) => count(callerOf(request, serverContext), 1),
  };
}

/** A name for the request's credentials of a provider; undefined if it has none. */
function nameOf({ name, keys }: KeyHeaders, headers: Headers): string | undefined {
  const texts = keys.map((key) => headers.get(key) ?? '');
  if (!texts.some(Boolean)) return undefined;
  return `${name} ${fingerprint(...texts.map((text) => new Secret(text)))}`;
}

/**
 * The library uses the wall clock, but its timers, which delete a count after a minute, do not. If the clock is set
 * back, a caller waits for a minute at most, so `Retry-After` says no more. If it is set forward, counts restart.
 */
async function consume(limiter: RateLimiterMemory, name: string, operations: number, whose = '') {
  try {
    await limiter.consume(name, operations);
  } catch (rejection) {
    if (rejection instanceof Error) throw rejection;
    const { msBeforeNext } = rejection as RateLimiterRes;
    const seconds = Math.min(Math.ceil(msBeforeNext / 1_000), WINDOW_SECONDS);
    throw requestError(
      'RATE_LIMITED',
      `Rate limit exceeded: more than ${limiter.points} operations in a minute${whose}. Try again in ${seconds} seconds.`,
      { 'Retry-After': String(seconds) },
    );
  }
}
