import type { Redis } from 'ioredis';
import { TooSlow } from './within.ts';

/** Between a lost connection and the next attempt to connect. */
const RECONNECT_MS = 250;
/** A connection on which nothing comes back for this long is given up, and another one is opened. */
const STUCK_MS = 1_000;
const DEFAULT_PORT = 6_379;

/** @param url as `redisSettings` accepts it */
export type CreateClient = (url: string) => Redis;

/**
 * Loads ioredis: without Redis, it would only delay the start, by 50 ms. The clients never queue commands: with ioredis'
 * defaults, a lost Redis holds up each of them for seconds. Only this file creates clients.
 * @param timeoutMs how long a command may take. The clients do not apply it
 */
export async function loadClient(timeoutMs: number): Promise<CreateClient> {
  const ioredis = await import('ioredis');
  return (url) => {
    const { protocol, hostname, port, username, password, pathname } = new URL(url);
    return new ioredis.Redis({
      // URLs write IPv6 addresses in brackets.
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || DEFAULT_PORT),
      db: Number(pathname.slice(1)),
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: () => RECONNECT_MS,
      maxLoadingRetryTime: RECONNECT_MS,
      connectTimeout: STUCK_MS,
      socketTimeout: Math.max(STUCK_MS, 2 * timeoutMs),
      disconnectTimeout: RECONNECT_MS,
      disableClientInfo: true,
      protocol: 2,
    });
  };
}

/** Something else responds at the address of Redis. */
export class NotRedis extends Error {
  override readonly name = 'NotRedis';
  override readonly message = 'it does not respond as Redis does';
}

/** Did Redis itself refuse the command? */
export function isErrorReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Why a command or a connection failed, without host names and arguments, which include the password. */
export function reasonOf(error: unknown): string {
  if (error instanceof TooSlow || error instanceof NotRedis) return error.message;
  if (isErrorReply(error))
    return `it responded with ${/^[A-Z]+/.exec(error.message)?.[0] ?? 'an error'}`;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? 'the connection failed' : `the connection failed: ${code}`;
}
