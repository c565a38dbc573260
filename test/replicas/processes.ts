import assert from 'node:assert/strict';
import { startNumbered } from '../support/caching.ts';
import { freePort } from '../support/free-port.ts';
import { type Line, linesOf } from '../support/log.ts';
import { startProcess } from '../support/process.ts';
import { DEGRADED, environmentOf, until } from './copies.ts';
import { startHaproxy } from './haproxy.ts';
import { startRedis } from './redis-server.ts';

/** With this, each caller brings keys. */
export const WITH_OWN_KEYS = { CREDENTIALS: 'request', DD_API_KEY: '', DD_APP_KEY: '' };

/** The headers with the keys of this caller. */
export function keysOf(caller: number): Record<string, string> {
  return { 'dd-api-key': `api-${caller}`, 'dd-application-key': `app-${caller}` };
}

type Environment = Readonly<Record<string, string>>;

/** A copy of Rolecall in a process of its own, which can be started again at the same address. */
export async function startCopyProcess(environment: Environment) {
  const port = await freePort();
  const start = () => startProcess({ ...environment, PORT: String(port) });
  let running = start();

  const url = `http://127.0.0.1:${port}`;
  async function readiness(): Promise<string> {
    return (await fetch(`${url}/ready`)).text();
  }
  const lines = (): Line[] => linesOf(running.stdout().replace(/[^\n]*$/, ''));

  return {
    address: `127.0.0.1:${port}`,
    url,
    listening: () => running.listening(),
    async kill(): Promise<void> {
      running.child.kill('SIGKILL');
      await running.exited;
    },
    /** Lets it finish its requests. */
    async stop(): Promise<void> {
      running.child.kill('SIGTERM');
      const { code, stderr } = await running.exited;
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    },
    async start(): Promise<void> {
      running = start();
      await running.listening();
    },
    /** How many operations it has executed since it was started last. */
    operations: () => lines().filter(({ msg }) => msg === 'operation').length,
    /** What the log has said about Redis since then. */
    redisMessages: () => lines().flatMap(({ msg }) => (/Redis/.test(msg) ? [msg] : [])),
    used: () => until(async () => (await readiness()) === 'ready\n'),
    lost: () => until(async () => (await readiness()) === DEGRADED),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

export type CopyProcess = Awaited<ReturnType<typeof startCopyProcess>>;

/** Three copies of Rolecall with a Redis, behind HAProxy, in front of a Datadog as `startNumbered` makes. */
export async function startThree(environment: Environment = {}) {
  await using started = new AsyncDisposableStack();
  const redis = started.use(await startRedis());
  const { state, ...datadog } = await startNumbered();
  started.use(datadog);
  const all = {
    ...environmentOf(redis, datadog),
    // A busy machine is not a lost Redis.
    REDIS_TIMEOUT_MS: '5000',
    // HAProxy, but not the other addresses of loopback, which tests use as clients'.
    TRUST_PROXY: '127.0.0.1',
    DRAIN_DELAY_MS: '2000',
    ...environment,
  };
  const start = async () => started.use(await startCopyProcess(all));
  const copies = [await start(), await start(), await start()] as const;
  await Promise.all(copies.map((copy) => copy.listening()));
  await Promise.all(copies.map((copy) => copy.used()));
  const [a, b, c] = copies;
  const haproxy = started.use(await startHaproxy([a.address, b.address, c.address]));
  const held = started.move();
  return {
    copies,
    redis,
    haproxy,
    datadog,
    state,
    environment: all,
    /** Where HAProxy listens. */
    url: haproxy.url,
    calls: () => datadog.seen.length,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
