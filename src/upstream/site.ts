import { LRUCache } from 'lru-cache';
import { Breaker } from './breaker.ts';
import { RetryBudget } from './retry-budget.ts';
import type { UpstreamSettings } from './settings.ts';
import { Slots } from './slots.ts';

/** The most credentials that a site remembers: the most recent ones. */
const MAX_CREDENTIALS = 10_000;

/** The state of one base URL, so that a site that is down or flooded does not affect others. */
export class Site {
  readonly breaker: Breaker;
  readonly slots: Slots;
  readonly budget: RetryBudget;
  /** Only accepted credentials are kept, so that invented ones cannot push them out. */
  readonly #accepted = new LRUCache<string, true>({ max: MAX_CREDENTIALS });

  constructor(settings: UpstreamSettings) {
    const { breakerFailures, breakerResetMs, concurrency, queue, retryRatio } = settings;
    this.breaker = new Breaker(breakerFailures, breakerResetMs, MAX_CREDENTIALS);
    this.slots = new Slots(concurrency, queue);
    this.budget = new RetryBudget(retryRatio);
  }

  /** Records that the vendor accepted this credential. */
  accept(credential: string): void {
    this.#accepted.set(credential, true);
    this.breaker.endTrouble();
  }

  isAccepted(credential: string): boolean {
    return this.#accepted.has(credential);
  }
}
