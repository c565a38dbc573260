import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Environment } from './config.ts';

const FILE = '.env';

/** The process's environment, and what `.env` adds to it: the environment wins, also with an empty value. */
export function readEnvironment(): Environment {
  return { ...readFile(), ...process.env };
}

function readFile(): Environment {
  try {
    return parseEnv(readFileSync(FILE, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
