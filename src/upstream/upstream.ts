import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { type Breaker, createBreaker } from './breaker.ts';
import { type Call, makeCall } from './call.ts';
import type { DocumentMemory } from './document-memory.ts';
import { callerLeft, timedOut, UpstreamFailure } from './failure.ts';
import type { Reply } from './reply.ts';
import { RetryBudget } from './retry-budget.ts';
import type { UpstreamSettings } from './settings.ts';
import type { Transport } from './transport.ts';

const MAX_CREDENTIALS = 10_000;

/**
 * The way to one vendor, shared by all requests. A call passes, in this order:
 * the breaker of its base URL, the bulkhead, the breaker again (it may have opened meanwhile),
 * and ky's tries, whose retries come out of the budget. The deadline covers all of it.
 */
export class Upstream {
  /** Of all vendors. */
  readonly memory: DocumentMemory;
  readonly #settings: UpstreamSettings;
  readonly #transport: Transport;
  readonly #budget: RetryBudget;
  readonly #places;
  readonly #breakers = new Map<string, Breaker>();
  readonly #accepted = new LRUCache<string, true>({ max: MAX_CREDENTIALS });

  constructor(settings: UpstreamSettings, transport: Transport, memory: DocumentMemory) {
    this.memory = memory;
    this.#settings = settings;
    this.#transport = transport;
    this.#budget = new RetryBudget(settings.retryRatio);
    this.#places = bulkhead(settings.concurrency, settings.queue);
  }

  /**
   * @param baseUrl whose breaker counts: a vendor's site, or what stands in for it
   * @returns the vendor's answer, whatever its status
   * @throws {UpstreamFailure} where there is none
   */
  async get(baseUrl: URL, call: Call): Promise<Reply> {
    const breaker = this.#breakerOf(baseUrl);
    breaker.check();
    const deadline = performance.now() + this.#settings.deadlineMs;
    const run = () => makeCall(call, this.#settings, this.#transport, this.#budget, deadline);
    const execute = async () => {
      // Where its turn comes with the deadline nobody is asked, and the breaker has nothing to count.
      if (performance.now() >= deadline) throw timedOut();
      return breaker.execute(run);
    };
    return this.#places.executionSlots > 0
      ? this.#places.execute(execute)
      : this.#inTurn(call.signal, execute);
  }

  /** Takes note that this vendor has told somebody's identity to this credential. */
  accept({ href }: URL, credential: string): void {
    this.#accepted.set(`${href} ${credential}`, true);
  }

  /** Runs it once there is a place, unless the deadline passes or the caller goes away before. */
  async #inTurn(signal: AbortSignal, run: () => Promise<Reply>): Promise<Reply> {
    if (signal.aborted) throw callerLeft();
    const given = new AbortController();
    const giveUp = Promise.withResolvers<never>();
    const stop = (failure: UpstreamFailure) => {
      given.abort();
      giveUp.reject(failure);
    };
    const onAbort = () => stop(callerLeft());
    const timer = setTimeout(() => stop(timedOut()), this.#settings.deadlineMs);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.#places.execute(run, given.signal), giveUp.promise]);
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new UpstreamFailure('overflow', 'too many calls to it are waiting already');
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #breakerOf({ href }: URL): Breaker {
    let breaker = this.#breakers.get(href);
    if (breaker === undefined) {
      breaker = createBreaker(this.#settings.breakerFailures, this.#settings.breakerResetMs);
      this.#breakers.set(href, breaker);
    }
    return breaker;
  }
}
