import { readEnvironment } from './config/environment.ts';
import { readFileValues } from './config/file-variables.ts';
import { ConfigError, readConfig } from './config/index.ts';
import { watchFileValues } from './config/rotation.ts';
import { affordableConnections } from './process/http/capacity.ts';
import { listen } from './process/http/server.ts';
import { createLogger } from './process/logger.ts';
import { asRequestWork, surviveRequestFaults } from './process/request-work.ts';
import { startSandbox } from './process/sandbox-server.ts';
import { announce } from './process/startup-message.ts';
import { createStop } from './process/stop.ts';
import { providers } from './providers/index.ts';
import { createServer } from './server/index.ts';

const EXIT_FAILED = 1;
const EXIT_MISCONFIGURED = 2;

process.on('uncaughtException', (error) => {
  exit(`Rolecall stopped after an unexpected error: ${oneLine(error)}`, EXIT_FAILED);
});

if (process.argv.length > 2) {
  exit(
    'Rolecall takes no arguments: set variables instead, in the environment or in the file .env. The file .env.example lists them.',
    EXIT_MISCONFIGURED,
  );
}

try {
  await start();
} catch (error) {
  if (error instanceof ConfigError) exit(error.message, EXIT_MISCONFIGURED);
  throw error;
}

async function start(): Promise<void> {
  const environment = readEnvironment();
  const files = await readFileValues(environment, providers);
  const read = readConfig(environment, providers, files);
  const logger = createLogger(read.server.logLevel);
  for (const warning of read.warnings) logger.warn(warning);
  surviveRequestFaults(logger);
  const watches = watchFileValues({ environment, providers, files }, read, logger);
  for (const watch of watches) watch.start();
  const config = read.sandbox ? (await startSandbox(read)).config : read;
  const readiness = { isReady: false };

  const rolecall = createServer(config, logger, readiness);
  const httpServer = await listen(asRequestWork(rolecall.listener), {
    host: config.host,
    port: config.port,
    maxConnections: affordableConnections(config.server.maxConnections, logger),
    unsentBytes: config.server.unsentBytes,
    readiness,
    logger,
  }).catch((error: NodeJS.ErrnoException) =>
    exit(
      `Rolecall cannot listen on ${config.host} port ${config.port}: ${listenAdvice(error)}`,
      EXIT_FAILED,
    ),
  );
  readiness.isReady = true;
  announce(config, httpServer.port, logger);

  const stop = createStop({
    readiness,
    logger,
    async drain() {
      await httpServer.drain(config.server.drain);
      rolecall.close();
    },
    exit: (code) => process.exit(code),
  });
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function exit(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

function oneLine(error: unknown): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const place = stack
    ?.split('\n')
    .find((line) => line.startsWith('    at '))
    ?.trim();
  return `${name}: ${message} (${place ?? 'no stack'})`.replaceAll('\n', ' ');
}

function listenAdvice({ code }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE')
    return 'the port is in use. Stop the process that uses it, or set PORT to another one.';
  if (code === 'EACCES') return 'permission denied. Set PORT to a number above 1023.';
  return `${code}. Set HOST to an address of this machine.`;
}
