import { type Config, type Environment, readConfig as read } from '../../src/config/index.ts';
import { providers } from '../../src/providers/index.ts';

/** The configuration that this environment gives, with every provider. */
export function readConfig(environment: Environment): Config {
  return read(environment, providers);
}
