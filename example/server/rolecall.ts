import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Rolecall {
  /** The URL of its GraphQL endpoint. */
  readonly url: string;
  stop(): void;
}

/** Vite runs in the example's folder. */
const ROOT = join(process.cwd(), '..');

/** The Rolecall at `ROLECALL_URL`, or else one of its own with the sandbox, on a free port of loopback. */
export async function findRolecall(): Promise<Rolecall> {
  const { ROLECALL_URL } = process.env;
  if (ROLECALL_URL) return { url: ROLECALL_URL, stop: () => {} };
  // npm puts the Node of `../node_modules` first in the PATH.
  const server = spawn('node', ['src/start.mjs'], {
    cwd: ROOT,
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: '0',
      SANDBOX: '1',
      CREDENTIALS: 'request',
      LOG_LEVEL: 'info',
      RATE_LIMIT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => void server.kill();
  process.once('exit', stop);
  const lines = createInterface(server.stdout);
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const found = /Rolecall serves (http[^ "]+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    }),
    once(server, 'exit').then(() => {
      throw new Error('Rolecall did not start: run `npm ci` in the folder above.');
    }),
  ]);
  return { url, stop };
}
