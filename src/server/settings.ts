import { validateHeaderName } from 'node:http';
import proxyAddr from 'proxy-addr';
import { z } from 'zod';
import type { Current } from '../lib/current.ts';
import { linesOf, listOf, oneOf, parseKey, wholeNumber } from '../lib/env-types.ts';
import type { Secret } from '../lib/secret.ts';

const LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
const MEBIBYTE = 1024 ** 2;
const MINUTE_MS = 60_000;

/** Who may call, how much, and what is logged. */
export interface ServerSettings {
  /** Bearer tokens of callers; without any (and without JWTs), everyone is let in. */
  readonly clientTokens: Current<readonly Secret[]>;
  /** Origins whose pages may read responses. */
  readonly corsOrigins: readonly string[];
  /** Headers that these pages may send, in addition to the default ones. */
  readonly corsHeaders: readonly string[];
  readonly introspection: boolean;
  readonly graphiql: boolean;
  readonly subgraph: boolean;
  readonly limits: Limits;
  /** Operations per minute and caller; 0 is no limit. */
  readonly rateLimit: number;
  /** Is this the address of a proxy whose `X-Forwarded-For` is trusted? */
  readonly trustProxy: (address: string, hop: number) => boolean;
  /** The most open connections. */
  readonly maxConnections: number;
  /** The most bytes of responses that clients have not read yet, over all connections. */
  readonly unsentBytes: number;
  readonly logLevel: (typeof LEVELS)[number];
  readonly drain: {
    /** How long the server still accepts connections, while `/ready` is 503. */
    readonly delayMs: number;
    /** How long running requests may take after that. */
    readonly timeoutMs: number;
  };
}

/** The most that one request may ask for. docs/security.md explains each limit. */
export interface Limits {
  readonly bodyBytes: number;
  /** Higher, because gateways send many representations at once. */
  readonly subgraphBodyBytes: number;
  readonly tokens: number;
  /** Of all operations of the document; a fragment counts wherever it is spread. */
  readonly selections: number;
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  readonly listItems: number;
  readonly batch: number;
  readonly nodes: number;
  readonly responseBytes: number;
}

/** Those that may stand in a file instead. */
export const keyVariables = ['CLIENT_TOKENS'] as const;

const clientTokens = linesOf(
  parseKey,
  'must be tokens: printable ASCII without spaces, separated by commas or line breaks',
);

const corsOrigins = listOf(
  (text) => (URL.parse(text)?.origin === text ? text : undefined),
  'must be origins such as https://app.example, without a slash at the end, separated by commas; * is not one',
);

const corsHeaders = listOf(
  (text) => (isHeaderName(text) ? text : undefined),
  'must be names of headers, separated by commas; * is not one',
);

function isHeaderName(text: string): boolean {
  try {
    validateHeaderName(text);
    // `*` is a valid header name, but browsers read it as "all headers".
    return text !== '*';
  } catch {
    return false;
  }
}

const trustProxy = z.string().transform((text, context) => {
  try {
    return proxyAddr.compile(text.split(',').map((address) => address.trim()));
  } catch {
    context.addIssue(
      'must be addresses or subnets of proxies, or loopback, linklocal or uniquelocal, separated by commas',
    );
    return z.NEVER;
  }
});

export const serverSettings = z
  .object({
    CLIENT_TOKENS: clientTokens
      .default([])
      .describe('bearer tokens that callers may use, separated by commas'),
    CORS_ORIGINS: corsOrigins
      .default([])
      .describe('origins whose pages may read responses, separated by commas'),
    CORS_HEADERS: corsHeaders
      .default([])
      .describe('more headers that these pages may send, separated by commas'),
    INTROSPECTION: oneOf(['on', 'off'])
      .default('on')
      .describe('off hides the schema: no introspection, no suggestions in messages'),
    GRAPHIQL: oneOf(['on', 'off']).default('on').describe('off disables the GraphiQL page'),
    SUBGRAPH: oneOf(['on', 'off'])
      .default('on')
      .describe('off disables /subgraph, the schema for federation'),
    LIMIT_BODY_BYTES: wholeNumber(1, 100 * MEBIBYTE)
      .default(102_400)
      .describe('the longest body of a request'),
    LIMIT_SUBGRAPH_BODY_BYTES: wholeNumber(1, 100 * MEBIBYTE)
      .default(MEBIBYTE)
      .describe('the longest body of a request to /subgraph'),
    LIMIT_TOKENS: wholeNumber(1, 1_000_000)
      .default(1_000)
      .describe('the most tokens or lines of a document'),
    LIMIT_SELECTIONS: wholeNumber(1, 1_000_000)
      .default(2_000)
      .describe('the most selections of a document, fragments expanded'),
    LIMIT_DEPTH: wholeNumber(1, 1_000).default(12).describe('how deep selections may nest'),
    LIMIT_ALIASES: wholeNumber(0, 100_000).default(30).describe('the most aliases of a document'),
    LIMIT_ROOT_FIELDS: wholeNumber(1, 100_000)
      .default(20)
      .describe('the most root fields of a document'),
    LIMIT_DIRECTIVES: wholeNumber(0, 100_000)
      .default(20)
      .describe('the most directives of a document'),
    LIMIT_LIST_ITEMS: wholeNumber(0, 1_000_000)
      .default(1_000)
      .describe('the most items of a list in a document or a variable'),
    LIMIT_BATCH: wholeNumber(0, 1_000)
      .default(0)
      .describe('the most operations of a batch; 0 refuses batches'),
    LIMIT_NODES: wholeNumber(1, 100_000_000)
      .default(50_000)
      .describe('the most list items of a response'),
    LIMIT_RESPONSE_BYTES: wholeNumber(1, 1024 * MEBIBYTE)
      .default(16 * MEBIBYTE)
      .describe('the longest response'),
    RATE_LIMIT: wholeNumber(0, 10_000_000)
      .default(600)
      .describe('operations per minute and caller; 0 is no limit'),
    TRUST_PROXY: trustProxy
      .default(() => () => false)
      .describe(
        'proxies whose X-Forwarded-For is trusted: addresses, subnets, or loopback, linklocal, uniquelocal',
      ),
    MAX_CONNECTIONS: wholeNumber(1, 1_000_000)
      .default(10_000)
      .describe('the most open connections'),
    UNSENT_MEMORY_MB: wholeNumber(1, 1_000_000)
      .default(256)
      .describe('memory for responses that clients have not read yet'),
    LOG_LEVEL: oneOf(LEVELS)
      .default('info')
      .describe('silent, fatal, error, warn, info, debug or trace'),
    DRAIN_DELAY_MS: wholeNumber(0, 10 * MINUTE_MS)
      .default(0)
      .describe('how long connections are still accepted after SIGTERM, with /ready at 503'),
    SHUTDOWN_TIMEOUT_MS: wholeNumber(0, 10 * MINUTE_MS)
      .default(10_000)
      .describe('how long running operations may take to finish after that'),
  })
  .transform((set) => ({
    clientTokens: { value: set.CLIENT_TOKENS },
    corsOrigins: set.CORS_ORIGINS,
    corsHeaders: set.CORS_HEADERS,
    introspection: set.INTROSPECTION === 'on',
    graphiql: set.GRAPHIQL === 'on',
    subgraph: set.SUBGRAPH === 'on',
    limits: {
      bodyBytes: set.LIMIT_BODY_BYTES,
      subgraphBodyBytes: set.LIMIT_SUBGRAPH_BODY_BYTES,
      tokens: set.LIMIT_TOKENS,
      selections: set.LIMIT_SELECTIONS,
      depth: set.LIMIT_DEPTH,
      aliases: set.LIMIT_ALIASES,
      rootFields: set.LIMIT_ROOT_FIELDS,
      directives: set.LIMIT_DIRECTIVES,
      listItems: set.LIMIT_LIST_ITEMS,
      batch: set.LIMIT_BATCH,
      nodes: set.LIMIT_NODES,
      responseBytes: set.LIMIT_RESPONSE_BYTES,
    },
    rateLimit: set.RATE_LIMIT,
    trustProxy: set.TRUST_PROXY,
    maxConnections: set.MAX_CONNECTIONS,
    unsentBytes: set.UNSENT_MEMORY_MB * MEBIBYTE,
    logLevel: set.LOG_LEVEL,
    drain: { delayMs: set.DRAIN_DELAY_MS, timeoutMs: set.SHUTDOWN_TIMEOUT_MS },
  })) satisfies z.ZodType<ServerSettings>;
