import type { Server } from 'node:http';
import type { Logger } from 'pino';

/** The share of the process's file descriptors for connections; the rest is for vendors and files. */
const SHARE = 0.5;
const REPORT_EVERY_MS = 60_000;

/**
 * How many connections the process can hold.
 * @returns `wanted`, or less, with a warning, if there are too few file descriptors
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

/** The soft limit, which Node has raised to the hard limit at its start. */
function openFilesLimit(): number {
  const { userLimits } = process.report.getReport() as {
    // Not on Windows.
    readonly userLimits?: { readonly open_files: { readonly soft: number | 'unlimited' } };
  };
  const soft = userLimits?.open_files.soft;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
}

/** Closes connections beyond the limit immediately, and logs that at most once a minute. */
export function refuseConnections(server: Server, limit: number, logger: Logger): void {
  let reported = Number.NEGATIVE_INFINITY;
  server.maxConnections = limit;
  server.on('drop', () => {
    if (performance.now() - reported < REPORT_EVERY_MS) return;
    reported = performance.now();
    logger.warn(`A connection was refused: ${limit} are open (MAX_CONNECTIONS).`);
  });
}
