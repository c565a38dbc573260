import { randomBytes } from 'node:crypto';
import {
  credential,
  type Mode,
  type QueryName,
  requestBody,
  requestHeaders,
  type Size,
} from './contract.ts';
import { type Running, start } from './processes.ts';

/** The servers under test, by the names that the results use. */
const SCRIPTS = {
  raw: './peers/raw.ts',
  mercurius: './peers/mercurius.ts',
  apollo: './peers/apollo.ts',
  rolecall: '../src/start.mjs',
  cached: '../src/start.mjs',
  redis: '../src/start.mjs',
} as const;

export type PeerName = keyof typeof SCRIPTS;
export const PEERS = Object.keys(SCRIPTS) as PeerName[];
/** Those that call the upstream for each request. */
export const CALLING = PEERS.filter((name) => name !== 'cached' && name !== 'redis');

export const TITLES: Record<PeerName, string> = {
  raw: 'raw (hand-written, no GraphQL)',
  mercurius: 'mercurius + JIT',
  apollo: 'Apollo Server + datasource-rest',
  rolecall: 'Rolecall',
  cached: 'Rolecall, cached in memory',
  redis: 'Rolecall, cached in Redis',
};

/** As users run it, but without the rate limit, which would throttle the bench. */
const ROLECALL = { CREDENTIALS: 'request', GRAPHIQL: 'off', RATE_LIMIT: '0' };

const CACHED = { ...ROLECALL, CACHE_TTL_SECONDS: '3600' };

/** What the peers call. */
export interface Servers {
  readonly upstream: Running;
  readonly redisUrl: string;
}

/** What a peer needs besides the upstream's URL. */
function variablesOf(name: PeerName, redisUrl: string): Record<string, string> {
  switch (name) {
    case 'rolecall':
      return ROLECALL;
    case 'cached':
      return CACHED;
    case 'redis':
      return {
        ...CACHED,
        REDIS_URL: redisUrl,
        CACHE_SECRET: randomBytes(32).toString('base64'),
      };
    default:
      return {};
  }
}

export function startUpstream(): Promise<Running> {
  return start('./upstream/server.ts', {}, (origin) => fetch(`${origin}/v1/user/me`));
}

export function startPeer(name: PeerName, { upstream, redisUrl }: Servers): Promise<Running> {
  const variables = {
    DATADOG_API_URL: upstream.origin,
    HEYGEN_API_URL: upstream.origin,
    ...variablesOf(name, redisUrl),
  };
  const key = credential('S', 'unchanged', 'first');
  return start(SCRIPTS[name], variables, (origin) => ask(origin, 'Light', key));
}

export function ask(origin: string, query: QueryName, key: string): Promise<Response> {
  return fetch(graphqlUrl(origin), {
    method: 'POST',
    headers: requestHeaders(key),
    body: requestBody(query),
  });
}

/** Apollo's standalone server responds at every path, and the hand-written one ignores the path. */
export function graphqlUrl(origin: string): string {
  return `${origin}/graphql`;
}

/** One thing to measure. */
export interface Cell {
  readonly size: Size;
  readonly query: QueryName;
  readonly mode: Mode;
}

export function cellName({ size, query, mode }: Cell): string {
  return `${size} ${query.toLowerCase()}, ${mode}`;
}
