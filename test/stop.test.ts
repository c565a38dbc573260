import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { createStop } from '../src/process/stop.ts';
import { stopClock } from './support/clock.ts';

/** The signals' handler, and the codes with which the process would have exited. */
function stopping() {
  const exits: number[] = [];
  const drained = Promise.withResolvers<void>();
  const readiness = { isReady: true };
  const logger = pino({ level: 'silent' });
  let drains = 0;
  const drain = () => {
    drains += 1;
    return drained.promise;
  };
  const stop = createStop({ readiness, logger, drain, exit: (code) => void exits.push(code) });
  return { stop, exits, readiness, finish: drained.resolve, drains: () => drains };
}

describe('signals that stop the server', () => {
  test('within a second count as one: they drain once, and the process ends with 0 after that', async () => {
    using clock = stopClock();
    const { stop, exits, readiness, finish, drains } = stopping();
    void stop('SIGINT');
    assert.equal(readiness.isReady, false);
    await stop('SIGTERM');
    clock.advance(1_000);
    await stop('SIGINT');
    await nextTurn();
    assert.deepEqual([exits, drains()], [[], 1]);
    finish();
    await nextTurn();
    assert.deepEqual([exits, drains()], [[0], 1]);
  });

  test('after more than a second end the process at once, with 1', async () => {
    using clock = stopClock();
    const { stop, exits, drains } = stopping();
    void stop('SIGTERM');
    clock.advance(1_001);
    await stop('SIGTERM');
    assert.deepEqual([exits, drains()], [[1], 1]);
  });
});
