import type { RequestListener } from 'node:http';
import { pino } from 'pino';
import { type ListenOptions, listen, type Timeouts } from '../../src/process/http/server.ts';

/** A server on loopback; by default ready and without a log. */
export async function startListening(
  listener: RequestListener,
  options: Partial<ListenOptions> = {},
  timeouts: Partial<Timeouts> = {},
) {
  const server = await listen(
    listener,
    {
      host: '127.0.0.1',
      port: 0,
      maxConnections: 1_000,
      unsentBytes: 1024 ** 3,
      readiness: { isReady: true },
      logger: pino({ level: 'silent' }),
      ...options,
    },
    timeouts,
  );
  return Object.assign(server, {
    url: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server.drain({ delayMs: 0, timeoutMs: 0 }),
  });
}
