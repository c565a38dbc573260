import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError, readConfig } from './config.ts';
import { readEnvironment } from './environment.ts';
import { startSandbox } from './sandbox.ts';
import { createServer } from './server/index.ts';
import { startUpText } from './start-up-text.ts';

const EXIT_FAILED = 1;
const EXIT_MISCONFIGURED = 2;

try {
  await start();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = EXIT_MISCONFIGURED;
}

async function start(): Promise<void> {
  const read = readConfig(readEnvironment());
  const config = read.sandbox ? (await startSandbox(read)).config : read;
  const httpServer = createHttpServer(createServer(config));

  httpServer.once('error', (error: NodeJS.ErrnoException) => {
    console.error(
      `Rolecall cannot listen on ${config.host} port ${config.port}: ${listenAdvice(error)}`,
    );
    process.exit(EXIT_FAILED);
  });
  httpServer.listen(config.port, config.host, () => {
    console.log(startUpText(config, (httpServer.address() as AddressInfo).port));
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      httpServer.close(() => process.exit());
      httpServer.closeIdleConnections();
    });
  }
}

function listenAdvice({ code }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE')
    return 'the port is in use. Stop what uses it, or set PORT to another one.';
  if (code === 'EACCES') return 'this user may not use the port. Set PORT to one above 1023.';
  return `${code}. Set HOST to an address of this machine.`;
}
