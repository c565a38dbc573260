import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';

/** The most running and waiting requests of one connection (pipelining). */
const MAX_PIPELINED = 16;

/** The state of a connection. */
export interface Connection {
  /** Incomplete responses, in the order of their requests: the first is running, the others wait. */
  readonly responses: Map<ServerResponse, () => void>;
  idleSince: number;
}

/** @param isLast whether no other request of the connection is waiting */
type Serve = (request: IncomingMessage, response: ServerResponse, isLast: boolean) => void;

/**
 * Serves the requests of each connection one after another, so that no connection gets more of the server than others.
 * A connection with too many pipelined requests is closed; its client sends them again (RFC 9112, 9.3.2).
 * @param lingerMs how long to read from a connection after closing its writing side
 */
export function trackConnections(
  server: Server,
  lingerMs: number,
  logger: Logger,
  serve: Serve,
): ReadonlyMap<Socket, Connection> {
  const connections = new Map<Socket, Connection>();
  server.on('connection', (socket) => {
    connections.set(socket, { responses: new Map(), idleSince: performance.now() });
    socket.once('close', () => connections.delete(socket));
    closeInStages(socket, lingerMs);
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    const connection = connections.get(socket);
    // Node still parses what it had read before a socket was destroyed.
    if (connection === undefined || socket.destroyed) return;
    const { responses } = connection;
    if (responses.size === MAX_PIPELINED) {
      socket.destroy();
      logger.info(`A connection was closed: it pipelined more than ${MAX_PIPELINED} requests.`);
      return;
    }
    const start = () => serve(request, response, responses.size === 1);
    responses.set(response, start);
    response.once('close', () => {
      connection.idleSince = performance.now();
      // In the next turn of the event loop, so that other connections get a turn.
      setImmediate(() => {
        responses.delete(response);
        const [next] = responses.values();
        if (!socket.destroyed) next?.();
      });
    });
    if (responses.size === 1) start();
  });
  return connections;
}

/**
 * Node destroys a socket once the last response is sent. If the client is still sending, the system then resets the
 * connection, and the client may lose the response. Therefore close the writing side first (RFC 9112, 9.6).
 */
function closeInStages(socket: Socket, lingerMs: number): void {
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  };
}
