import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Readiness } from '../../server/http/routes.ts';
import { refuseConnections } from './capacity.ts';
import { trackConnections } from './connections.ts';
import { closeConnections, stopListening } from './drain.ts';
import { createResponseClass } from './response.ts';
import { boundSending } from './sending.ts';

/** How long a connection may take, in milliseconds, so that slow clients do not hold connections forever. */
export interface Timeouts {
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For the whole request. */
  readonly requestMs: number;
  /** Between two requests. */
  readonly keepAliveMs: number;
  /** While the client reads nothing of a response. */
  readonly sendMs: number;
  /** Until the client closes the connection after the last response. */
  readonly lingerMs: number;
  /** How long an idle connection stays open while the server drains: its next request may be on its way. */
  readonly graceMs: number;
}

export const TIMEOUTS: Timeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than load balancers keep idle connections, so that they close them first.
  keepAliveMs: 75_000,
  sendMs: 30_000,
  lingerMs: 2_000,
  graceMs: 500,
};
/** The longest interval at which these are checked. */
const CHECK_MS = 1_000;

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** The most open connections. */
  readonly maxConnections: number;
  /** The most bytes of responses that clients have not read yet, over all connections. */
  readonly unsentBytes: number;
  readonly readiness: Readiness;
  readonly logger: Logger;
}

export interface HttpServer {
  readonly port: number;
  /**
   * Still listens for `delayMs`; then stops listening, lets running requests finish and closes the connections: each once
   * it has been idle for a moment, and all of them after `timeoutMs`.
   */
  drain(times: { readonly delayMs: number; readonly timeoutMs: number }): Promise<void>;
}

/** @throws {NodeJS.ErrnoException} if it cannot listen */
export async function listen(
  listener: RequestListener,
  { host, port, maxConnections, unsentBytes, readiness, logger }: ListenOptions,
  changed: Partial<Timeouts> = {},
): Promise<HttpServer> {
  const timeouts = { ...TIMEOUTS, ...changed };
  const server = createServer({
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, timeouts.headersMs),
    ServerResponse: createResponseClass(boundSending(timeouts.sendMs, unsentBytes, logger)),
  });
  refuseConnections(server, maxConnections, logger);
  let stopping: Promise<void> | undefined;
  const { lingerMs, graceMs } = timeouts;
  const connections = trackConnections(server, lingerMs, logger, (request, response, isLast) => {
    // Tells clients to close the connection, or their next request might be lost.
    if (!readiness.isReady && isLast) response.setHeader('connection', 'close');
    if (!namesOneUrl(request)) response.writeHead(400).end();
    else if (stopping === undefined) listener(request, response);
    else stopping.then(() => listener(request, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  // An error of one connection, such as too few file descriptors, must not end the process.
  server.on('error', (error) => logger.error(error, 'a connection could not be accepted'));
  return {
    port: (server.address() as AddressInfo).port,
    async drain({ delayMs, timeoutMs }) {
      await delay(delayMs);
      const ended = performance.now() + timeoutMs;
      stopping = stopListening(server, graceMs);
      await stopping;
      await closeConnections(server, connections, graceMs, ended);
    },
  };
}

/**
 * Does the request name one valid URL? With `Host: [`, Yoga would respond with a stack trace. Of two hosts, Node uses the
 * first, and a proxy perhaps the second (RFC 9112, 3.2: 400).
 */
function namesOneUrl({ headers, headersDistinct, url = '' }: IncomingMessage): boolean {
  const hosts = headersDistinct['host']?.length ?? 0;
  return hosts <= 1 && URL.canParse(`http://${headers.host || 'localhost:80'}${url}`);
}
