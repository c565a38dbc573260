import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START = join(import.meta.dirname, '../../src/start.mjs');
const LISTENING = /Rolecall serves (http:[^ "]+)/;

/** Rolecall in its own process and folder. It inherits no environment variables but PATH. */
export function startProcess(
  environment: Readonly<Record<string, string>> = {},
  { dotenv, command = [process.execPath, START] }: { dotenv?: string; command?: string[] } = {},
) {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'rolecall-test-'));
  if (dotenv !== undefined) writeFileSync(join(folder.path, '.env'), dotenv);
  const [file = '', ...args] = command;
  const child: ChildProcess = spawn(file, args, {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const exited = once(child, 'exit').then(([code, signal]) => {
    folder.remove();
    return { code, signal, stdout, stderr };
  });

  async function written<T>(find: (stdout: string) => T | undefined): Promise<T> {
    while (child.exitCode === null && child.signalCode === null) {
      const found = find(stdout);
      if (found !== undefined) return found;
      await Promise.race([once(child.stdout ?? child, 'data'), exited]);
    }
    throw new Error(`ended before: ${stderr}${stdout}`);
  }

  return {
    child,
    exited,
    /** Resolves with what `find` finds in the output. @throws {Error} if the process ends first */
    written,
    /** Resolves with the URL in the startup message. @throws {Error} if the process ends first */
    listening: () => written((text) => LISTENING.exec(text)?.[1]),
    stdout: () => stdout,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
