import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';

const work = new AsyncLocalStorage<true>();

/** The listener, with everything that it starts marked as the work of a request. */
export function asRequestWork(listener: RequestListener): RequestListener {
  return (request, response) => work.run(true, listener, request, response);
}

/**
 * Logs and counts unhandled rejections that a request causes, so that they do not end the process and with it all other
 * requests. Other unhandled rejections are thrown, as usual.
 */
export function surviveRequestFaults(logger: Logger): void {
  let unhandledRejections = 0;
  // Node calls this in the async context in which the promise was created.
  process.on('unhandledRejection', (reason) => {
    if (work.getStore() === undefined) throw reason;
    unhandledRejections += 1;
    logger.error({ unhandledRejections, ...faultOf(reason) }, 'unhandled rejection');
  });
}

/** The error's type and position, without its message, which may contain personal data. */
function faultOf(reason: unknown) {
  if (!(reason instanceof Error)) return { fault: typeof reason };
  const place = reason.stack?.split('\n').find((line) => line.startsWith('    at '));
  return { fault: reason.name, at: place?.trim() };
}
