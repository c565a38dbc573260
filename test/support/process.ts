import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START = join(import.meta.dirname, '../../src/start.mjs');
const LISTENING = /Rolecall serves (http:[^ "]+)/;

/** Rolecall as a process of its own, with this environment and no other. */
export function startProcess(
  environment: Readonly<Record<string, string>> = {},
  { dotenv, command = [process.execPath, START] }: { dotenv?: string; command?: string[] } = {},
) {
  const cwd = mkdtempSync(join(tmpdir(), 'rolecall-test-'));
  if (dotenv !== undefined) writeFileSync(join(cwd, '.env'), dotenv);
  const [file = '', ...args] = command;
  const child: ChildProcess = spawn(file, args, {
    cwd,
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal, stdout, stderr }));

  return {
    child,
    exited,
    /** The URL that it says it serves. @throws {Error} where it ends before that */
    async listening(): Promise<string> {
      while (child.exitCode === null && child.signalCode === null) {
        const url = LISTENING.exec(stdout)?.[1];
        if (url !== undefined) return url;
        await Promise.race([once(child.stdout ?? child, 'data'), exited]);
      }
      throw new Error(`ended without listening: ${stderr}`);
    },
    stdout: () => stdout,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
