import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { ServerSettings } from '../server/settings.ts';

/** DEL and C1, which JSON lets stand and terminals may obey, and two line breaks of Unicode's. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

/** Writes to stdout, line by line before it goes on: for people on a terminal, JSON elsewhere. */
export function createLogger(level: ServerSettings['logLevel']): Logger {
  const stdout = pino.destination(1);
  const shown = process.stdout.isTTY ? forPeople() : (line: string) => line;
  return pino(
    { level, base: null },
    { write: (line) => void stdout.write(printable(shown(line))) },
  );
}

function forPeople(): (line: string) => string {
  return prettyFactory({
    colorize: true,
    translateTime: 'HH:MM:ss',
    ignore: 'pid,hostname',
    singleLine: true,
  });
}

/** As JSON writes what it does not let stand. */
function printable(line: string): string {
  return line.replace(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
