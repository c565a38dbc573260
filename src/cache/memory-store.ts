import { LRUCache } from 'lru-cache';
import type { Found, ResponseKey, ResponseStore, StoredResponse } from './store.ts';

const PURGE_MS = 60_000;
/** The overhead of each response. */
const MEMORY_PER_RESPONSE = 1024;

interface Kept {
  readonly response: StoredResponse;
  /** On the clock of `performance.now()`. */
  readonly storedAt: number;
}

/** Keeps responses in this process: the most recently used ones. */
export class MemoryStore implements ResponseStore {
  readonly #responses: LRUCache<string, Kept>;

  constructor(megabytes: number) {
    this.#responses = new LRUCache({ maxSize: megabytes * 1024 ** 2 });
    // One timer for all; `unref` lets the process exit.
    setInterval(() => this.#responses.purgeStale(), PURGE_MS).unref();
  }

  find({ name }: ResponseKey): Found | undefined {
    const kept = this.#responses.get(name);
    return kept && { response: kept.response, ageMs: ageOf(kept) };
  }

  store({ name }: ResponseKey, response: StoredResponse, lifetimeMs: number): void {
    this.#responses.set(
      name,
      { response, storedAt: performance.now() },
      { ttl: lifetimeMs, size: MEMORY_PER_RESPONSE + response.bytes.length },
    );
  }

  drop({ name }: ResponseKey): void {
    this.#responses.delete(name);
  }

  /** A process shares calls, so it never makes two for the same response. */
  claimRefresh(): boolean {
    return true;
  }
}

/** By the clock that says more: the monotonic one may stop while the machine sleeps, and the other one may be set back. */
function ageOf({ response, storedAt }: Kept): number {
  return Math.max(performance.now() - storedAt, Date.now() - response.receivedAt);
}
