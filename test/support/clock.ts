import { mock } from 'node:test';

interface Timer {
  readonly at: number;
  readonly run: () => void;
  unref(): Timer;
}

/** Rounded up to whole milliseconds, so that sums are exact. */
function wholeNow(): number {
  return Math.ceil(performance.now());
}

/** Stops the clock that measures durations (`performance.now()`); it advances only on request. */
export function stopClock() {
  let now = wholeNow();
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

/**
 * Stops that clock, `setTimeout` and `Date`. It does not use Node's mock timers: a connection that outlives one mock
 * clears its timer during the next, which removes a timer of that one.
 */
export function stopTime() {
  let now = wholeNow();
  const timers = new Set<Timer>();
  const clearOther = clearTimeout;
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const mocked = [
    mock.method(performance, 'now', () => now),
    mock.method(globalThis, 'setTimeout', ((callback: () => void, ms = 0, ...rest: []) => {
      const timer = { at: now + ms, run: () => callback(...rest), unref: () => timer };
      timers.add(timer);
      return timer;
    }) as any),
    mock.method(globalThis, 'clearTimeout', ((timer: Timer) => {
      if (!timers.delete(timer)) clearOther(timer as any);
    }) as any),
  ];

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
      for (const each of mocked) each.mock.restore();
    },
  };
}

/** Stops the clock that tells the time of day (`Date.now()`). */
export function stopDate() {
  const now = Date.now();
  const { mock: clock } = mock.method(Date, 'now', () => now);
  return {
    [Symbol.dispose]() {
      clock.restore();
    },
  };
}

/** Makes each delay before a retry the shortest possible: 100 ms. */
export function shortenWaits() {
  const { mock: random } = mock.method(Math, 'random', () => 0);
  return {
    [Symbol.dispose]() {
      random.restore();
    },
  };
}
