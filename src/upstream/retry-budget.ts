const WINDOW_MS = 10_000;
const FLOOR = 5;

/**
 * Keeps retries from multiplying the load on a vendor that is already in trouble: of the calls of the
 * last ten seconds, all callers together, a share may be retried, and a few in any case.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #calls = new SlidingCount();
  readonly #retries = new SlidingCount();

  /** @param ratio retries per call */
  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  countCall(): void {
    this.#calls.add();
  }

  /** Takes a retry out of the budget; false where none is left. */
  takeRetry(): boolean {
    const allowed = Math.max(FLOOR, this.#ratio * this.#calls.total());
    if (this.#retries.total() + 1 > allowed) return false;
    this.#retries.add();
    return true;
  }
}

/** Counts what happened in the last ten seconds, to the second. */
class SlidingCount {
  readonly #perSecond = new Map<number, number>();

  add(): void {
    const second = Math.floor(Date.now() / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
  }

  total(): number {
    const oldest = Math.floor((Date.now() - WINDOW_MS) / 1000);
    let total = 0;
    for (const [second, count] of this.#perSecond) {
      if (second <= oldest) this.#perSecond.delete(second);
      else total += count;
    }
    return total;
  }
}
