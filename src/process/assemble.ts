import type { Logger } from 'pino';
import { readFileValues } from '../config/file-variables.ts';
import { type Config, type Environment, readConfig } from '../config/index.ts';
import { watchFileValues } from '../config/rotation.ts';
import { providers } from '../providers/index.ts';
import type { Readiness } from '../server/http/routes.ts';
import { createServer } from '../server/index.ts';
import type { RolecallServer } from '../server/rolecall-server.ts';
import { createLogger } from './logger.ts';
import { startSandbox } from './sandbox-server.ts';

/** A server, with everything that its configuration needs. It does not listen yet, and is not ready. */
export interface Assembled {
  readonly config: Config;
  readonly logger: Logger;
  readonly readiness: Readiness;
  readonly server: RolecallServer;
  /** Ends what runs behind it, after the last request. */
  close(): void;
}

/** Reads the configuration, and the files that it names. @throws {ConfigError} naming every problem at once */
export async function readSettings(environment: Environment) {
  const files = await readFileValues(environment, providers);
  return { config: readConfig(environment, providers, files), files };
}

/** @throws {ConfigError} naming every problem of the configuration at once */
export async function assemble(environment: Environment): Promise<Assembled> {
  const { config: read, files } = await readSettings(environment);
  const logger = createLogger(read.server.logLevel);
  for (const warning of read.warnings) logger.warn(warning);
  const watches = watchFileValues({ environment, providers, files }, read, logger);
  for (const watch of watches) watch.start();
  const sandbox = read.sandbox ? await startSandbox(read) : undefined;
  const config = sandbox?.config ?? read;
  const readiness = { isReady: false };
  const server = createServer(config, logger, readiness);
  return {
    config,
    logger,
    readiness,
    server,
    close() {
      for (const watch of watches) watch.stop();
      server.close();
      sandbox?.server.close();
      sandbox?.server.closeAllConnections();
    },
  };
}
