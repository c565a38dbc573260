import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestListener } from 'node:http';
import type { Logger } from 'pino';

const work = new AsyncLocalStorage<true>();

/** The listener, with whatever it starts marked as the work of a request. */
export function asRequestWork(listener: RequestListener): RequestListener {
  return (request, response) => work.run(true, listener, request, response);
}

/**
 * Keeps a rejection that a request's work leaves unhandled from ending the process, and with it everybody's requests:
 * it is logged and counted. Any other is thrown, as it would be without this.
 */
export function surviveRequestFaults(logger: Logger): void {
  let unhandledRejections = 0;
  // Node runs this in the context in which the promise was made.
  process.on('unhandledRejection', (reason) => {
    if (work.getStore() === undefined) throw reason;
    unhandledRejections += 1;
    logger.error({ unhandledRejections, ...faultOf(reason) }, 'unhandled rejection');
  });
}

/** What it is and where, without its message, which may name persons. */
function faultOf(reason: unknown) {
  if (!(reason instanceof Error)) return { fault: typeof reason };
  const place = reason.stack?.split('\n').find((line) => line.startsWith('    at '));
  return { fault: reason.name, at: place?.trim() };
}
