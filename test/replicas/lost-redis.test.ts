import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { failuresOf, latency, type Sent, startLoad } from './clients.ts';
import { LOST, USED } from './copies.ts';
import { startCopyProcess, startThree } from './processes.ts';
import type { TestRedis } from './redis-server.ts';

/** Longer than the default, so that a busy machine is told apart from a wait for Redis. */
const TIMEOUT_MS = 300;
const RECOVERY_MS = 2_000;
const PHASE_MS = 1_500;

/** Three copies under load, and beside them one without Redis, whose latencies are the machine's. */
async function startLoaded() {
  await using started = new AsyncDisposableStack();
  const three = started.use(
    await startThree({ RATE_LIMIT: '1000000', REDIS_TIMEOUT_MS: `${TIMEOUT_MS}` }),
  );
  const { REDIS_URL: _, CACHE_SECRET: __, ...environment } = three.environment;
  const other = started.use(await startCopyProcess(environment));
  await other.listening();
  const load = started.use(startLoad(three.url, { clients: 12, pauseMs: 10 }));
  const otherLoad = started.use(startLoad(other.url, { clients: 4, pauseMs: 10 }));
  const held = started.move();
  return { ...three, load, otherLoad, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

describe('under load, no request fails, or waits for more than two commands', () => {
  for (const [what, lose, restore] of [
    [
      'killed and started again',
      (redis: TestRedis) => redis.kill(),
      (redis: TestRedis) => redis.start(),
    ],
    [
      'paused and resumed',
      (redis: TestRedis) => redis.pause(),
      (redis: TestRedis) => redis.resume(),
    ],
  ] as const) {
    test(`while Redis is ${what}`, async (context) => {
      await using three = await startLoaded();
      const { copies, redis } = three;
      // Until the code is compiled.
      await delay(2 * PHASE_MS);
      const start = performance.now();
      await delay(PHASE_MS);
      const lost = performance.now();
      await lose(redis);
      await Promise.all(copies.map((copy) => copy.lost()));
      const known = performance.now();
      await delay(PHASE_MS);
      const restored = performance.now();
      await restore(redis);
      await Promise.all(copies.map((copy) => copy.used()));
      const recoveryMs = performance.now() - restored;
      await delay(PHASE_MS);
      const sent = await three.load.stop();
      const others = await three.otherLoad.stop();

      const of = (some: readonly Sent[], isOfPhase: (one: Sent) => boolean, part = 1) =>
        latency(some.filter(isOfPhase), part);
      const normalMs = of(sent, ({ began, ended }) => began > start && ended < lost);
      const otherMs = of(others, ({ began }) => began > start);
      const losingMs = of(sent, ({ began, ended }) => ended > lost && began < known);
      const isLost = ({ began, ended }: Sent) => began > known && ended < restored;
      const [lostMs, mostLostMs] = [of(sent, isLost), of(sent, isLost, 0.9)];
      const restoredMs = of(sent, ({ ended }) => ended > restored);
      context.diagnostic(
        `${sent.length} requests; slowest ${JSON.stringify({ normalMs, otherMs, losingMs, lostMs, restoredMs })}; in use again after ${Math.round(recoveryMs)} ms`,
      );
      const machineMs = Math.max(normalMs, otherMs);
      assert.deepEqual(failuresOf([...sent, ...others]), {});
      assert.ok(Math.max(losingMs, lostMs, restoredMs) < machineMs + 2 * TIMEOUT_MS);
      // Once it is lost, nobody waits for it.
      assert.ok(mostLostMs < TIMEOUT_MS);
      assert.ok(recoveryMs < RECOVERY_MS);
      for (const copy of copies) assert.deepEqual(copy.redisMessages(), [USED, LOST, USED]);
    });
  }
});
