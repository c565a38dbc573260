import { setTimeout as delay } from 'node:timers/promises';
import type { startProcess } from './process.ts';

export type Line = any;

/** Every line of a log. @throws {SyntaxError} where one is not JSON */
export function linesOf(stdout: string): Line[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The first line that this is true of, once it is written. */
export async function findLine(
  { stdout }: Pick<ReturnType<typeof startProcess>, 'stdout'>,
  isIt: (line: Line) => boolean,
): Promise<Line> {
  for (let tries = 0; tries < 500; tries += 1) {
    // What comes after the last line break is not whole yet.
    const line = linesOf(stdout().replace(/[^\n]*$/, '')).find(isIt);
    if (line !== undefined) return line;
    await delay(10);
  }
  throw new Error(`no such line: ${stdout()}`);
}
