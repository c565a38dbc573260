import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { fingerprint, type Secret } from '../../lib/secret.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { hashedName } from '../../redis/derive.ts';

/** Limits apply to a minute, which begins with the first operation. */
export const WINDOW_SECONDS = 60;

/** Whose operations are counted. */
export interface Counted {
  /** What the secrets are: equal ones of different kinds have separate counts. */
  readonly kind: string;
  /** They identify the caller; only a keyed hash of them is kept. */
  readonly secrets: readonly Secret[];
}

/** The state of a limit after an operation was counted. */
export interface Count {
  readonly limit: number;
  readonly remaining: number;
  /** Until the next window, from 0 to 60. */
  readonly resetSeconds: number;
  readonly isExceeded: boolean;
}

/** Counts operations, and says whether there were too many. */
export type Limiter = (counted: Counted, operations: number) => Promise<Count>;

/**
 * The algorithm is the same in memory and in Redis. Redis counts for all copies of this server; while it is lost, each
 * process counts for itself.
 * @param limit operations per minute
 */
export function createLimiter(limit: number, redis: RedisConnection | undefined): Limiter {
  const options = { points: limit, duration: WINDOW_SECONDS };
  const memory = new RateLimiterMemory(options);
  const limiter =
    redis === undefined
      ? memory
      : new RateLimiterRedis({
          ...options,
          storeClient: clientOf(redis),
          rejectIfRedisNotReady: true,
          insuranceLimiter: memory,
          keyPrefix: `${redis.settings.prefix}limit`,
        });

  return async (counted, operations) => {
    const name = nameOf(counted, redis);
    try {
      return toCount(limit, false, await limiter.consume(name, operations));
    } catch (rejection) {
      if (rejection instanceof Error) throw rejection;
      return toCount(limit, true, rejection as RateLimiterRes);
    }
  };
}

/**
 * The library uses the wall clock, but its timers, which delete a count after a minute, do not. If the clock is set
 * back, a caller waits for a minute at most, so it is told no more. If it is set forward, counts restart.
 */
function toCount(limit: number, isExceeded: boolean, result: RateLimiterRes): Count {
  const resetSeconds = Math.min(Math.ceil(result.msBeforeNext / 1_000), WINDOW_SECONDS);
  return { limit, remaining: result.remainingPoints, resetSeconds, isExceeded };
}

function nameOf({ kind, secrets }: Counted, redis: RedisConnection | undefined): string {
  const [secret] = redis?.settings.secrets.value ?? [];
  if (secret === undefined) return `${kind} ${fingerprint(...secrets)}`;
  return hashedName(secret, 'limit', [kind, ...secrets.map((each) => each.reveal())]);
}

/** What the library uses of an ioredis client. The connection times its commands, and sends none to a lost Redis. */
function clientOf(redis: RedisConnection) {
  const client = {
    get status() {
      return redis.isUsed ? 'ready' : 'end';
    },
    defineCommand(name: string, { lua, numberOfKeys }: { lua: string; numberOfKeys: number }) {
      const script = redis.defineScript(lua);
      const run = (args: readonly string[]) => redis.send('EVALSHA', script, numberOfKeys, ...args);
      Object.assign(client, { [name]: run });
    },
  };
  return client;
}
