import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from './connections.ts';

const POLL_MS = 20;
/** After this many turns of the event loop without a new connection, none is waiting. */
const QUIET_TURNS = 5;

/**
 * Stops listening once the system's queue of new connections is empty. Node accepts one per turn of its event loop, so
 * under load others wait, and closing would reset them. Meanwhile, new requests wait until this resolves.
 */
export async function stopListening(server: Server, graceMs: number): Promise<void> {
  let hasNew = false;
  server.on('connection', () => {
    hasNew = true;
  });
  const started = performance.now();
  for (let quiet = 0; quiet < QUIET_TURNS && performance.now() - started < graceMs; ) {
    hasNew = false;
    await nextTurn();
    quiet = hasNew ? 0 : quiet + 1;
  }
  // http.Server's own close() would close idle connections at once, and lose requests that are already on their way.
  NetServer.prototype.close.call(server);
}

/**
 * Closes each connection once it has been idle for the grace period, and all of them at the end.
 * @param ended on the clock of `performance.now()`
 */
export async function closeConnections(
  server: Server,
  connections: ReadonlyMap<Socket, Connection>,
  graceMs: number,
  ended: number,
): Promise<void> {
  const started = performance.now();
  for (const { responses } of connections.values()) {
    const last = [...responses.keys()].at(-1);
    if (last?.headersSent === false) last.setHeader('connection', 'close');
  }
  while (connections.size > 0 && performance.now() < ended) {
    for (const [socket, { responses, idleSince }] of connections) {
      const isIdle = performance.now() - Math.max(started, idleSince) >= graceMs;
      // Not closeIdleConnections(), which keeps connections that have sent no request, or half of one.
      if (responses.size === 0 && isIdle) socket.destroy();
    }
    await delay(POLL_MS);
  }
  server.closeAllConnections();
}
