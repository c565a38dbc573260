import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { ServerSettings } from '../server/settings.ts';

/** Characters that JSON does not escape but terminals may obey (DEL, C1), and Unicode's two line breaks. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

/** Writes to stdout synchronously: pretty-printed on a terminal, otherwise JSON. */
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

/** Escapes these characters as JSON escapes others. */
function printable(line: string): string {
  return line.replace(
    CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
