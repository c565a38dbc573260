import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { ServerSettings } from '../server/settings.ts';

/** Writes to stdout: for people on a terminal, JSON elsewhere. */
export function createLogger(level: ServerSettings['logLevel']): Logger {
  return pino({ level, base: null }, process.stdout.isTTY ? forPeople() : pino.destination(1));
}

function forPeople(): DestinationStream {
  return pretty({
    colorize: true,
    translateTime: 'HH:MM:ss',
    ignore: 'pid,hostname',
    singleLine: true,
  });
}
