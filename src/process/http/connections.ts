import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';

/** Requests of one connection that may be under way or waiting (pipelining). */
const MAX_PIPELINED = 16;

/** What a connection is doing. */
export interface Connection {
  /** Responses that are not complete, in the order of their requests: the first is under way, the others wait. */
  readonly responses: Map<ServerResponse, () => void>;
  idleSince: number;
}

/** @param isLast is no other request of the connection waiting? */
type Serve = (request: IncomingMessage, response: ServerResponse, isLast: boolean) => void;

/**
 * Serves the requests of each connection one after another, so that none gets more of the server than others do.
 * One that sends too many ahead of their responses is cut: RFC 9112, 9.3.2, has its client send them again.
 * @param lingerMs how long a connection that has been closed is still read
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
    // What had been read when a socket was cut is still parsed.
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
      // In the next turn of the loop: others come in between.
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
 * Node destroys a socket once the last response is sent. Where its client is still sending, the system answers that
 * with a reset, which can take the response from the client: RFC 9112, 9.6, closes the writing side first.
 */
function closeInStages(socket: Socket, lingerMs: number): void {
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  };
}
