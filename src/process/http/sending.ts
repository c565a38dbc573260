import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';

/** How often a connection is checked within the timeout. */
const LOOKS = 2;

/**
 * Limits what slow clients hold. A connection whose client reads nothing of a response for `timeoutMs` is closed; if more
 * than `maxBytes` are unsent over all connections, those that have waited longest are closed.
 * @returns a function to call after each write
 */
export function boundSending(
  timeoutMs: number,
  maxBytes: number,
  logger: Logger,
): (response: ServerResponse) => void {
  const watched = new WeakSet<ServerResponse>();
  /** The unsent bytes of each connection, oldest first. */
  const unsent = new Map<Socket, number>();
  let total = 0;

  function note(socket: Socket, bytes: number): void {
    total += bytes - (unsent.get(socket) ?? 0);
    if (bytes > 0) unsent.set(socket, bytes);
    else unsent.delete(socket);
  }

  function cut(socket: Socket, reason: string): void {
    note(socket, 0);
    socket.destroy();
    logger.info(`A connection was closed: ${reason}.`);
  }

  function watch(response: ServerResponse, socket: Socket): void {
    watched.add(response);
    const sent = () => {
      socket.setTimeout(0);
      note(socket, 0);
    };
    response.on('drain', sent);
    // Before Node's own listener, which then sets the timeout for the next request.
    response.prependOnceListener('finish', sent);
    response.once('close', () => note(socket, 0));
    response.on('timeout', () => cut(socket, 'its client does not read the response'));
  }

  return (response) => {
    const { socket } = response;
    if (socket === null || socket.writableLength === 0) return;
    if (!watched.has(response)) watch(response, socket);
    // At this timeout, Node checks whether the system has taken any of the bytes since the last check.
    if (!unsent.has(socket)) socket.setTimeout(timeoutMs / LOOKS);
    note(socket, socket.writableLength);
    for (const [oldest] of unsent) {
      if (total <= maxBytes || oldest === socket) break;
      cut(oldest, 'unread responses exceed UNSENT_MEMORY_MB, and it has waited longest');
    }
  };
}
