import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from '../config/index.ts';
import type { Readiness } from '../server/http/routes.ts';

/** How long a connection may take: slow senders hold one each. */
export interface Timeouts {
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For the whole request. */
  readonly requestMs: number;
  /** Between two requests. */
  readonly keepAliveMs: number;
}

const TIMEOUTS: Timeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than load balancers keep idle connections, so that it is they who close them.
  keepAliveMs: 75_000,
};
/** How often connections are looked at for these, at most. */
const CHECK_MS = 1_000;
/** How long an idle connection may still bring a request once the server drains. */
const GRACE_MS = 500;
const POLL_MS = 20;
/** Turns of the event loop without a new connection, after which none is waiting. */
const QUIET_TURNS = 5;

/** What a connection is doing. */
interface Connection {
  readonly underWay: Set<ServerResponse>;
  idleSince: number;
}

export interface HttpServer {
  readonly port: number;
  /**
   * Stops listening, lets requests under way finish, and closes the connections that are left:
   * each once it has been idle for a moment, all of them after the timeout.
   */
  drain(timeoutMs: number): Promise<void>;
}

/** @throws {NodeJS.ErrnoException} where it cannot listen */
export async function listen(
  listener: RequestListener,
  { host, port }: Pick<Config, 'host' | 'port'>,
  readiness: Readiness,
  timeouts = TIMEOUTS,
): Promise<HttpServer> {
  const server = createServer({
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, timeouts.headersMs),
  });
  const connections = trackConnections(server);
  let stopping: Promise<void> | undefined;
  server.on('request', (request, response) => {
    // A client that keeps its connection must not send the next request into one that closes.
    if (!readiness.isReady) response.setHeader('connection', 'close');
    if (!hasUrl(request)) response.writeHead(400).end();
    else if (stopping === undefined) listener(request, response);
    else stopping.then(() => listener(request, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async drain(timeoutMs) {
      const ended = performance.now() + timeoutMs;
      stopping = stopListening(server);
      await stopping;
      await closeConnections(server, connections, ended);
    },
  };
}

function trackConnections(server: Server): ReadonlyMap<Socket, Connection> {
  const connections = new Map<Socket, Connection>();
  server.on('connection', (socket) => {
    connections.set(socket, { underWay: new Set(), idleSince: performance.now() });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    connection?.underWay.add(response);
    response.once('close', () => {
      connection?.underWay.delete(response);
      if (connection) connection.idleSince = performance.now();
    });
  });
  return connections;
}

/**
 * Node takes one new connection per turn of its loop, so under load others wait in the system's queue,
 * and closing would reset them. While requests are held back that queue empties.
 */
async function stopListening(server: Server): Promise<void> {
  let hasNew = false;
  server.on('connection', () => {
    hasNew = true;
  });
  const started = performance.now();
  for (let quiet = 0; quiet < QUIET_TURNS && performance.now() - started < GRACE_MS; ) {
    hasNew = false;
    await nextTurn();
    quiet = hasNew ? 0 : quiet + 1;
  }
  // http.Server's own close() would cut idle connections at once, and with them the request that is on its way.
  NetServer.prototype.close.call(server);
}

async function closeConnections(
  server: Server,
  connections: ReadonlyMap<Socket, Connection>,
  ended: number,
): Promise<void> {
  const started = performance.now();
  for (const { underWay } of connections.values()) {
    for (const response of underWay) {
      if (!response.headersSent) response.setHeader('connection', 'close');
    }
  }
  while (connections.size > 0 && performance.now() < ended) {
    for (const [socket, { underWay, idleSince }] of connections) {
      const isIdle = performance.now() - Math.max(started, idleSince) >= GRACE_MS;
      // Not closeIdleConnections(): it spares those that never sent a request, or half of one.
      if (underWay.size === 0 && isIdle) socket.destroy();
    }
    await delay(POLL_MS);
  }
  server.closeAllConnections();
}

/** Does the request name a URL? `Host: [` does not, and Yoga would answer it with a stack trace. */
function hasUrl({ headers, url = '' }: IncomingMessage): boolean {
  return URL.canParse(`http://${headers.host || 'localhost:80'}${url}`);
}
