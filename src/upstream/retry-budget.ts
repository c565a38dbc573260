const HALF_WINDOW_MS = 5_000;
const FLOOR = 5;

/** Of this half of the window, and of the one before. */
interface Count {
  calls: number;
  retries: number;
  earlierCalls: number;
  earlierRetries: number;
}

/**
 * Keeps retries from multiplying the load on a vendor that is already in trouble: of the calls of the last
 * ten seconds, counted in halves, a share may be retried, and a few in any case. Nobody takes more than this share of
 * their own calls, nor what is fair when others have taken the rest: an equal part for each tenant.
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

  /** @param tenant whose share it counts to */
  countCall(tenant: string): void {
    this.#forget();
    this.#total.calls += 1;
    this.#countOf(tenant).calls += 1;
  }

  /** Takes a retry out of the budget; false where none is left. */
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
    // What was counted in this half is the earlier one's now; where both are over, it is nothing.
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
