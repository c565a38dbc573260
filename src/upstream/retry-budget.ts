const HALF_WINDOW_MS = 5_000;
const FLOOR = 5;

/** Counts in the current half of the window and in the previous one. */
interface Count {
  calls: number;
  retries: number;
  earlierCalls: number;
  earlierRetries: number;
}

/**
 * Keeps retries from multiplying the load on a failing vendor: a share of the last ten seconds' calls (counted in two
 * halves) may be retried, with a minimum. A tenant may retry the same share of its own calls; if other tenants have used
 * up the budget, it may still have an equal part of it.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #total = newCount();
  readonly #tenants = new Map<string, Count>();
  #halfEnds = performance.now() + HALF_WINDOW_MS;

  /** @param ratio retries per call */
  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  /** @param tenant whose call it is */
  countCall(tenant: string): void {
    this.#forget();
    this.#total.calls += 1;
    this.#countOf(tenant).calls += 1;
  }

  /** Uses one retry of the budget. @returns false if none is left */
  takeRetry(tenant: string): boolean {
    this.#forget();
    const own = this.#countOf(tenant);
    const retries = retriesOf(own) + 1;
    const allowed = this.#allowedTo(this.#total);
    const isLeft = retriesOf(this.#total) + 1 <= allowed && retries <= this.#allowedTo(own);
    if (!isLeft && retries > allowed / this.#tenants.size) return false;
    this.#total.retries += 1;
    own.retries += 1;
    return true;
  }

  #allowedTo({ calls, earlierCalls }: Count): number {
    return Math.max(FLOOR, this.#ratio * (calls + earlierCalls));
  }

  #countOf(tenant: string): Count {
    let count = this.#tenants.get(tenant);
    if (count === undefined) {
      count = newCount();
      this.#tenants.set(tenant, count);
    }
    return count;
  }

  #forget(): void {
    const now = performance.now();
    if (now < this.#halfEnds) return;
    const isAllOver = now >= this.#halfEnds + HALF_WINDOW_MS;
    this.#halfEnds = now + HALF_WINDOW_MS;
    // The current half becomes the previous one; if both are over, all counts become zero.
    for (let turns = isAllOver ? 2 : 1; turns > 0; turns -= 1) {
      turn(this.#total);
      for (const [tenant, count] of this.#tenants)
        if (isNothing(turn(count))) this.#tenants.delete(tenant);
    }
  }
}

function newCount(): Count {
  return { calls: 0, retries: 0, earlierCalls: 0, earlierRetries: 0 };
}

function retriesOf({ retries, earlierRetries }: Count): number {
  return retries + earlierRetries;
}

function turn(count: Count): Count {
  count.earlierCalls = count.calls;
  count.earlierRetries = count.retries;
  count.calls = 0;
  count.retries = 0;
  return count;
}

function isNothing({ earlierCalls, earlierRetries }: Count): boolean {
  return earlierCalls === 0 && earlierRetries === 0;
}
