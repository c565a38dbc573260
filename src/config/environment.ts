import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, type Environment } from './index.ts';

const FILE = '.env';
/** Some editors add it at the start of a file. */
const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * The process's environment, with the variables of `.env` added. The environment wins, even with an empty value.
 * @throws {ConfigError} if `.env` exists but cannot be read
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
