import { mock } from 'node:test';

/** Stops the clock that durations are measured with (`performance.now()`): it goes on by what it is told alone. */
export function stopClock() {
  let now = performance.now();
  const { mock: clock } = mock.method(performance, 'now', () => now);
  return {
    advance(milliseconds: number): void {
      now += milliseconds;
    },
    [Symbol.dispose]() {
      clock.restore();
    },
  };
}

/** Stops that clock and `setTimeout` with it. */
export function stopTimers() {
  const clock = stopClock();
  mock.timers.enable({ apis: ['setTimeout'] });
  return {
    advance(milliseconds: number): void {
      clock.advance(milliseconds);
      mock.timers.tick(milliseconds);
    },
    [Symbol.dispose]() {
      mock.timers.reset();
      clock[Symbol.dispose]();
    },
  };
}
