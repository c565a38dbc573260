import { LRUCache } from 'lru-cache';
import { Breaker } from './breaker.ts';
import { RetryBudget } from './retry-budget.ts';
import type { UpstreamSettings } from './settings.ts';
import { Slots } from './slots.ts';

/** Of so many credentials a site remembers something: those that came last. */
const MAX_CREDENTIALS = 10_000;

/** What is kept for one base URL: one that is down, or flooded, costs no other anything. */
export class Site {
  readonly breaker: Breaker;
  readonly slots: Slots;
  readonly budget: RetryBudget;
  /** Whoever invents credentials gets one share for all of them, and pushes out none that are accepted. */
  readonly #accepted = new LRUCache<string, true>({ max: MAX_CREDENTIALS });

  constructor(settings: UpstreamSettings) {
    const { breakerFailures, breakerResetMs, concurrency, queue, retryRatio } = settings;
    this.breaker = new Breaker(breakerFailures, breakerResetMs, MAX_CREDENTIALS);
    this.slots = new Slots(concurrency, queue);
    this.budget = new RetryBudget(retryRatio);
  }

  /** Takes note that the vendor knows this credential. */
  accept(credential: string): void {
    this.#accepted.set(credential, true);
    this.breaker.endTrouble();
  }

  isAccepted(credential: string): boolean {
    return this.#accepted.has(credential);
  }
}
