import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';

/** How often a connection is looked at within the time that it may take nothing. */
const LOOKS = 2;

/**
 * Bounds what slow readers hold: a connection that takes nothing of a response for this time is cut, and where
 * more bytes than these are unsent over all connections, those are cut that have been at it longest.
 * @returns what is to be called after each write
 */
export function boundSending(
  timeoutMs: number,
  maxBytes: number,
  logger: Logger,
): (response: ServerResponse) => void {
  const watched = new WeakSet<ServerResponse>();
  /** The bytes that wait in each connection, oldest first. */
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
    // Before Node itself learns of it, which then sets the time for the next request.
    response.prependOnceListener('finish', sent);
    response.once('close', () => note(socket, 0));
    response.on('timeout', () => cut(socket, 'its client does not read the response'));
  }

  return (response) => {
    const { socket } = response;
    if (socket === null || socket.writableLength === 0) return;
    if (!watched.has(response)) watch(response, socket);
    // Then Node looks whether the system has taken a part of what was written since it last looked.
    if (!unsent.has(socket)) socket.setTimeout(timeoutMs / LOOKS);
    note(socket, socket.writableLength);
    for (const [oldest] of unsent) {
      if (total <= maxBytes || oldest === socket) break;
      cut(oldest, 'unread responses exceed UNSENT_MEMORY_MB, and it has waited longest');
    }
  };
}
