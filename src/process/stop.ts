import type { Logger } from 'pino';
import type { Readiness } from '../server/http/routes.ts';

const EXIT_FAILED = 1;
/** A terminal and npm both hand on the same Ctrl-C. */
const SAME_SIGNAL_MS = 1_000;

export interface Stoppable {
  readonly readiness: Readiness;
  readonly logger: Logger;
  /** Resolves once the requests under way have ended. */
  readonly drain: () => Promise<void>;
  readonly exit: (code: number) => void;
}

/** What is to be done on each signal: the first one drains, and a later one does not wait for that. */
export function createStop({ readiness, logger, drain, exit }: Stoppable) {
  let stoppingSince: number | undefined;
  return async (signal: NodeJS.Signals): Promise<void> => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) exit(EXIT_FAILED);
      return;
    }
    stoppingSince = performance.now();
    readiness.isReady = false;
    logger.info(`${signal}: Rolecall is shutting down and finishes the running requests`);
    await drain();
    logger.info('Rolecall has stopped');
    exit(0);
  };
}
