import type { Logger } from 'pino';
import type { Readiness } from '../server/http/routes.ts';

const EXIT_FAILED = 1;
/** Ctrl-C arrives twice, from the terminal and from npm; within this time, it counts as one signal. */
const SAME_SIGNAL_MS = 1_000;

export interface Stoppable {
  readonly readiness: Readiness;
  readonly logger: Logger;
  /** Resolves once the running requests have finished. */
  readonly drain: () => Promise<void>;
  readonly exit: (code: number) => void;
}

/** The handler of signals: the first one drains, and a later one exits at once. */
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
