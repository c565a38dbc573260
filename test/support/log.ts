import { type LoggerOptions, pino } from 'pino';
import type { startProcess } from './process.ts';

export type Line = any;

/** Every line of a log. @throws {SyntaxError} if one is not JSON */
export function linesOf(stdout: string): Line[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** A logger that keeps what is logged. */
export function keepLog(options: LoggerOptions = {}) {
  let log = '';
  const destination = {
    write(line: string) {
      log += line;
    },
  };
  return {
    logger: pino(options, destination),
    log: () => log,
    lines: (): Line[] => linesOf(log),
  };
}

/** The first line that this function accepts, as soon as it is written. */
export function findLine(
  { written }: Pick<ReturnType<typeof startProcess>, 'written'>,
  isIt: (line: Line) => boolean,
): Promise<Line> {
  // The text after the last line break may be an incomplete line.
  return written((stdout) => linesOf(stdout.replace(/[^\n]*$/, '')).find(isIt));
}
