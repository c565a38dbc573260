import { createServer, type RequestListener, type Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from './config.ts';
import type { Readiness } from './server/routes.ts';

/** Headers must arrive within this time, and whole requests within the other: slow senders hold a connection each. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than load balancers keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
/** How long a kept connection may still bring a request once the server drains. */
const GRACE_MS = 500;
const POLL_MS = 20;

/** @throws {NodeJS.ErrnoException} where it cannot listen */
export async function listen(
  listener: RequestListener,
  { host, port }: Pick<Config, 'host' | 'port'>,
  readiness: Readiness,
): Promise<Server> {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => {
      // A client that keeps its connection must not send the next request into one that closes.
      if (!readiness.isReady) response.setHeader('connection', 'close');
      listener(request, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return server;
}

/**
 * Stops listening, lets requests under way finish, and closes the connections that are left:
 * those that are idle after a moment, all of them after the timeout.
 */
export async function drain(server: Server, timeoutMs: number): Promise<void> {
  // http.Server's own close() would cut idle connections at once, and with them the request that is on its way.
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  const started = performance.now();
  const ended = closed.then(() => true);
  for (;;) {
    const elapsed = performance.now() - started;
    if (elapsed >= timeoutMs) break;
    if (elapsed >= GRACE_MS) server.closeIdleConnections();
    if (await Promise.race([ended, delay(POLL_MS, false)])) return;
  }
  server.closeAllConnections();
  await closed;
}
