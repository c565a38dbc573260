import type { Logger } from 'pino';
import type { RedisReport } from '../../redis/connection.ts';

const REFUSALS_MS = 60_000;

/** Logs when Redis comes into use and when it is lost, and what it holds that is not used: at most once a minute. */
export function createRedisLog(logger: Logger): RedisReport {
  let refusals = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  return {
    used: () => logger.info('Redis is in use'),
    lost: (reason) =>
      logger.warn({ reason }, 'Redis is not in use: this process counts and works for itself'),
    refused(reason) {
      refusals += 1;
      if (performance.now() - loggedAt < REFUSALS_MS) return;
      logger.warn({ reason, refusals }, 'responses in Redis not used');
      loggedAt = performance.now();
      refusals = 0;
    },
  };
}
