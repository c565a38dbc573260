import type { Logger } from 'pino';
import type { BrokerMeans } from '../../credentials/broker.ts';

/** Logs the first failure to fetch a caller's credentials after successes, and the first success after failures. */
export function createBrokerLog(logger: Logger): BrokerMeans['report'] {
  let hasFailed = false;
  return (failure) => {
    if (failure !== undefined && !hasFailed) {
      logger.warn({ reason: failure.message }, 'credentials not fetched from CREDENTIALS_URL');
    } else if (failure === undefined && hasFailed) {
      logger.info('credentials fetched from CREDENTIALS_URL');
    }
    hasFailed = failure !== undefined;
  };
}
