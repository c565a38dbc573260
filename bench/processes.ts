import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.ts';

/** A server of the bench, in a process of its own. */
export interface Running {
  readonly origin: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PATIENCE_MS = 30_000;
const POLL_MS = 3;

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/**
 * Starts a script and waits for its first successful response.
 * @param script relative to this folder
 * @param variables its whole environment except for the port; it inherits no variables of this process
 * @param ask sends a request, and is repeated until it succeeds
 */
export async function start(
  script: string,
  variables: Record<string, string>,
  ask: (origin: string) => Promise<Response>,
): Promise<Running> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // Not in the root, where Rolecall would read a developer's .env.
  const child = spawn(process.execPath, [script], {
    cwd: HERE,
    env: { ...variables, NODE_ENV: 'production', PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));

  const giveUp = performance.now() + PATIENCE_MS;
  while (!(await succeeds(() => ask(origin)))) {
    if (child.exitCode !== null) throw new Error(`${script} ended with code ${child.exitCode}.`);
    if (performance.now() > giveUp) throw new Error(`${script} did not respond in time.`);
    await sleep(POLL_MS);
  }
  return {
    origin,
    pid: child.pid as number,
    async stop() {
      if (!children.has(child)) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function succeeds(ask: () => Promise<Response>): Promise<boolean> {
  try {
    const response = await ask();
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
