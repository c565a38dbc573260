import type { Logger } from 'pino';
import { IssuerFailure } from '../../identity/fetch-keys.ts';
import type { FetchReport } from '../../identity/issuer-keys.ts';

/** Logs each failure to fetch the issuer's keys, and the first success after failures. */
export function createIssuerLog(logger: Logger): (report: FetchReport) => void {
  let hasFailed = true;
  return ({ failure }) => {
    if (failure instanceof IssuerFailure) {
      logger.warn({ reason: failure.message }, 'keys of JWT_ISSUER not fetched');
    } else if (failure !== undefined) {
      logger.error(failure, 'keys of JWT_ISSUER not fetched');
    } else if (hasFailed) {
      logger.info('keys of JWT_ISSUER fetched');
    }
    hasFailed = failure !== undefined;
  };
}
