import type { Logger } from 'pino';
import type { BrokerMeans } from '../../credentials/broker.ts';

/** Failures for one person alternate with successes for others, and must not flood the log. */
const INTERVAL_MS = 60_000;

/**
 * Logs the first failure to fetch a caller's credentials after successes, at most one in a minute, and the first success
 * after it.
 */
export function createBrokerLog(logger: Logger): BrokerMeans['report'] {
  let isFailing = false;
  let quietUntil = 0;
  return (failure) => {
    if (failure === undefined) {
      if (isFailing) logger.info('credentials fetched from CREDENTIALS_URL');
      isFailing = false;
      return;
    }
    const now = performance.now();
    if (isFailing || now < quietUntil) return;
    isFailing = true;
    quietUntil = now + INTERVAL_MS;
    logger.warn({ reason: failure.message }, 'credentials not fetched from CREDENTIALS_URL');
  };
}
