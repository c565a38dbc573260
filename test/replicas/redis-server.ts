import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../support/free-port.ts';
import { assertInstalled, SEARCH_PATH } from './installed.ts';

const PROGRAM = 'redis-server';

const ADVICE = '`apt-get install --no-install-recommends redis-server`, or Valkey under this name';

/**
 * A Redis on loopback with a directory of its own.
 * @param args more arguments, such as `--requirepass`
 */
export async function startRedis(...args: string[]) {
  assertInstalled(PROGRAM, '--version', ADVICE);
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'rolecall-redis-'));
  let child: ChildProcess;

  async function start(): Promise<void> {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
    child = spawn(PROGRAM, [...own, ...args], {
      env: { ...process.env, PATH: SEARCH_PATH },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`${PROGRAM} ended: ${log}`)));
      child.stdout?.on('data', (text) => {
        log += text;
        if (log.includes('Ready to accept connections')) resolve();
      });
    });
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  await start();
  return {
    port,
    directory,
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    /** Stops the process without closing its connections. */
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    /** A client for looking into it. */
    look(options = {}) {
      const client = new Redis({ port, host: '127.0.0.1', ...options });
      return Object.assign(client, { [Symbol.dispose]: () => client.disconnect() });
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT');
      await kill();
      rmSync(directory, { recursive: true });
    },
  };
}

export type TestRedis = Awaited<ReturnType<typeof startRedis>>;
