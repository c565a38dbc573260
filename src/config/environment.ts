import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, type Environment } from './index.ts';

const FILE = '.env';
/** Some editors begin a file with it. */
const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * The process's environment, and what `.env` adds to it: the environment wins, also with an empty value.
 * @throws {ConfigError} where there is a `.env` that cannot be read
 */
export function readEnvironment(): Environment {
  return { ...readFile(), ...process.env };
}

function readFile(): Environment {
  try {
    return parseEnv(readFileSync(FILE, 'utf8').replace(BYTE_ORDER_MARK, ''));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    throw new ConfigError([`The file ${FILE} cannot be read: ${code}.`]);
  }
}
