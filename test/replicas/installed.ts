import { spawnSync } from 'node:child_process';

/** Where programs are looked for: Debian has servers in /usr/sbin, which is not in every user's PATH. */
export const SEARCH_PATH = `${process.env['PATH']}:/usr/sbin`;

/**
 * @param versionFlag makes the program print its version and end
 * @param advice how to install it
 * @throws {Error} if the program is not installed
 */
export function assertInstalled(program: string, versionFlag: string, advice: string): void {
  if (spawnSync(program, [versionFlag], { env: { PATH: SEARCH_PATH } }).status === 0) return;
  throw new Error(`This needs ${program}: install it with ${advice}.`);
}
