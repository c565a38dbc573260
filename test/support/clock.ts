import { mock } from 'node:test';

interface Timer {
  readonly at: number;
  readonly run: () => void;
  unref(): Timer;
}

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

/**
 * Stops those clocks and `Date`, also for connections that outlive them: where one clears its timer later,
 * Node's own mock would clear a timer of the next clock.
 */
export function stopTime() {
  // Whole, so that sums are exact.
  let now = Math.ceil(performance.now());
  const timers = new Set<Timer>();
  const clearOther = clearTimeout;
  mock.method(performance, 'now', () => now);
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  mock.method(globalThis, 'setTimeout', ((callback: () => void, ms = 0, ...rest: []) => {
    const timer = { at: now + ms, run: () => callback(...rest), unref: () => timer };
    timers.add(timer);
    return timer;
  }) as any);
  mock.method(globalThis, 'clearTimeout', ((timer: Timer) => {
    if (!timers.delete(timer)) clearOther(timer as any);
  }) as any);

  const nextUntil = (end: number) =>
    [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];

  return {
    advance(ms: number) {
      const end = now + ms;
      for (let timer = nextUntil(end); timer !== undefined; timer = nextUntil(end)) {
        timers.delete(timer);
        now = timer.at;
        timer.run();
      }
      now = end;
      mock.timers.tick(ms);
    },
    [Symbol.dispose]() {
      mock.timers.reset();
      mock.restoreAll();
    },
  };
}

/** Lets each wait before a retry be as short as it can be: 100 ms. */
export function shortenWaits() {
  const { mock: random } = mock.method(Math, 'random', () => 0);
  return {
    [Symbol.dispose]() {
      random.restore();
    },
  };
}
