import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileValues } from '../../src/config/file-variables.ts';
import { type Environment, readConfig } from '../../src/config/index.ts';
import { watchFileValues } from '../../src/config/rotation.ts';
import { providers } from '../../src/providers/index.ts';
import { createServer } from '../../src/server/index.ts';
import { keepLog, type Line } from './log.ts';
import { rolecallOf } from './rolecall.ts';

/** A directory for the files of one test. Only the current user may read the files. */
export function createDirectory() {
  const path = mkdtempSync(join(tmpdir(), 'rolecall-test-'));
  return {
    path,
    /** @returns the path of the file */
    write(name: string, text: string, mode = 0o600): string {
      const file = join(path, name);
      writeFileSync(file, text, { mode });
      return file;
    },
    [Symbol.dispose]() {
      rmSync(path, { recursive: true });
    },
  };
}

/** The configuration in this environment and its files. @throws {ConfigError} as `readConfig` does */
export async function readConfigWithFiles(environment: Environment) {
  return readConfig(environment, providers, await readFileValues(environment, providers));
}

/** Rolecall with each of these values in a file that the variable `<name>_FILE` names. */
export async function createRolecallWithFiles(
  values: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
) {
  const directory = createDirectory();
  const paths = Object.entries(values).map(([name, text]) => [
    `${name}_FILE`,
    directory.write(name, text),
  ]);
  const environment: Environment = { ...more, ...Object.fromEntries(paths) };
  const files = await readFileValues(environment, providers);
  const config = readConfig(environment, providers, files);
  const { logger, log, lines } = keepLog();
  const watches = watchFileValues({ environment, providers, files }, config, logger);
  const server = createServer(config, logger, { isReady: true });
  return {
    ...rolecallOf(server),
    directory,
    /** Writes these values to their files, and waits until they are read. */
    async rotate(next: Readonly<Record<string, string>>): Promise<void> {
      for (const [name, text] of Object.entries(next)) directory.write(name, text);
      for (const watch of watches) {
        await watch.look();
        await watch.look();
      }
    },
    /** The log's lines about rotations. */
    rotations: (): Line[] => lines().filter(({ msg }) => /^keys (not )?rotated/.test(msg)),
    log,
    [Symbol.dispose]() {
      server.close();
      directory[Symbol.dispose]();
    },
  };
}
