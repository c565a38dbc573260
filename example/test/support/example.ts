import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

const EXAMPLE = join(import.meta.dirname, '../..');

/**
 * The example with a Rolecall of its own: `dev` serves the sources, `preview` what was built.
 * @param environment such as `ROLECALL_URL`
 */
export async function startExample(
  command: 'dev' | 'preview',
  environment: Readonly<Record<string, string>> = {},
) {
  const vite = join(EXAMPLE, 'node_modules/vite/bin/vite.js');
  const server = spawn(process.execPath, [vite, command, '--port', '0'], {
    cwd: EXAMPLE,
    env: { ...process.env, ROLECALL_URL: '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  for await (const line of createInterface(server.stdout)) {
    const url = /Local: +(http\S+)/.exec(stripVTControlCharacters(line))?.[1];
    if (url === undefined) continue;
    const stop = async () => {
      server.kill();
      await ended;
    };
    return { url, [Symbol.asyncDispose]: stop };
  }
  throw new Error('The example did not start.');
}
