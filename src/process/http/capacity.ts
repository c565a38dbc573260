import type { Server } from 'node:http';
import type { Logger } from 'pino';

/** The part of the process's file descriptors that connections may take: the rest is for vendors, and for files. */
const SHARE = 0.5;
const REPORT_EVERY_MS = 60_000;

/**
 * The connections that the process can hold, at most these.
 * @returns fewer, told in the log, where it has too few file descriptors
 */
export function affordableConnections(wanted: number, logger: Logger): number {
  const descriptors = openFilesLimit();
  const affordable = Math.max(1, Math.floor(descriptors * SHARE));
  if (affordable >= wanted) return wanted;
  logger.warn(
    `MAX_CONNECTIONS is lowered from ${wanted} to ${affordable}: this process may open ${descriptors} file descriptors (ulimit -n), and half of them are reserved for vendors and files.`,
  );
  return affordable;
}

/** Node has raised the soft limit to the hard one by now. */
function openFilesLimit(): number {
  const { userLimits } = process.report.getReport() as {
    // Windows has none.
    readonly userLimits?: { readonly open_files: { readonly soft: number | 'unlimited' } };
  };
  const soft = userLimits?.open_files.soft;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
}

/** Closes connections beyond these as soon as they come, and tells the log of it once a minute. */
export function refuseConnections(server: Server, limit: number, logger: Logger): void {
  let reported = Number.NEGATIVE_INFINITY;
  server.maxConnections = limit;
  server.on('drop', () => {
    if (performance.now() - reported < REPORT_EVERY_MS) return;
    reported = performance.now();
    logger.warn(`A connection was refused: ${limit} are open (MAX_CONNECTIONS).`);
  });
}
