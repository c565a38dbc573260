import type { Environment } from '../config/index.ts';
import { assemble } from './assemble.ts';
import { affordableConnections } from './http/capacity.ts';
import { listen } from './http/server.ts';
import { asRequestWork, surviveRequestFaults } from './request-work.ts';
import { announce } from './startup-message.ts';
import { createStop } from './stop.ts';

/** The port cannot be used. The message says what to do. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/**
 * Serves until a signal stops the process.
 * @throws {ConfigError} naming every problem of the configuration at once
 * @throws {CannotListen}
 */
export async function serve(environment: Environment): Promise<void> {
  const { config, logger, readiness, server, close } = await assemble(environment);
  surviveRequestFaults(logger);
  const httpServer = await listen(asRequestWork(server.listener), {
    host: config.host,
    port: config.port,
    maxConnections: affordableConnections(config.server.maxConnections, logger),
    unsentBytes: config.server.unsentBytes,
    readiness,
    logger,
  }).catch((error: NodeJS.ErrnoException) => {
    const { host, port } = config;
    throw new CannotListen(
      `Rolecall cannot listen on ${host} port ${port}: ${listenAdvice(error)}`,
    );
  });
  readiness.isReady = true;
  announce(config, httpServer.port, logger);

  const stop = createStop({
    readiness,
    logger,
    async drain() {
      await httpServer.drain(config.server.drain);
      close();
    },
    exit: (code) => process.exit(code),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const early = process.listeners(signal);
    // First, because a signal that nobody has handled yet is lost with the last listener.
    process.on(signal, stop);
    for (const listener of early) process.off(signal, listener);
  }
}

function listenAdvice({ code }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE')
    return 'the port is in use. Stop the process that uses it, or set PORT to another one.';
  if (code === 'EACCES') return 'permission denied. Set PORT to a number above 1023.';
  return `${code}. Set HOST to an address of this machine.`;
}
