import { type Config, type Environment, readConfig as read } from '../../src/config/index.ts';
import { providers } from '../../src/providers/index.ts';

/** The configuration in this environment, with all providers. */
export function readConfig(environment: Environment): Config {
  return read(environment, providers);
}
