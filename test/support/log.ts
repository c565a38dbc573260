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
export function findLine(
  { written }: Pick<ReturnType<typeof startProcess>, 'written'>,
  isIt: (line: Line) => boolean,
): Promise<Line> {
  // What comes after the last line break is not whole yet.
  return written((stdout) => linesOf(stdout.replace(/[^\n]*$/, '')).find(isIt));
}
