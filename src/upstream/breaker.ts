import { LRUCache } from 'lru-cache';
import { UpstreamFailure } from './failure.ts';
import type { UpstreamResponse } from './response.ts';

/** The fewest failing credentials that make a site count as in trouble. */
const MIN_WITNESSES = 3;
/** The most simultaneous probes of a site in trouble. */
const MAX_PROBES = 4;

/** A credential whose last call failed. */
interface Failing {
  /** Failed calls in a row. */
  failures: number;
  /** On the clock of `performance.now()`. */
  failedAt: number;
  isProbing: boolean;
}

/**
 * The circuit breakers of one base URL, one per credential. A breaker opens when calls of its credential fail in a row,
 * and then lets one call at a time probe. A credential whose last call succeeded is never refused.
 * If several accepted credentials fail without a success in between, the site is in trouble: a single failure then opens
 * a breaker, and few probes run at once. docs/resilience.md gives the reasons.
 */
export class Breaker {
  readonly #limit: number;
  readonly #resetMs: number;
  readonly #failing: LRUCache<string, Failing>;
  /** Accepted credentials that failed since the last success of any; no more than it takes to be in trouble. */
  readonly #witnesses = new Set<string>();
  #probes = 0;

  /**
   * @param limit how many failed calls in a row, each after its retries, open a credential's breaker
   * @param resetMs how long it stays open before a probe
   * @param credentials the most failing credentials to remember
   */
  constructor(limit: number, resetMs: number, credentials: number) {
    this.#limit = limit;
    this.#resetMs = resetMs;
    this.#failing = new LRUCache({ max: credentials });
  }

  /** @throws {UpstreamFailure} `open` if the credential's calls are refused */
  check(credential: string): void {
    const failing = this.#failing.get(credential);
    if (failing === undefined || !this.#isOpen(failing)) return;
    const isTooSoon = performance.now() < failing.failedAt + this.#resetMs;
    if (failing.isProbing || isTooSoon || (this.#isInTrouble && this.#probes >= MAX_PROBES)) {
      throw new UpstreamFailure('open', `${this.#reason(failing)}, so calls are paused`);
    }
  }

  /**
   * As `check`, for a call that is about to be made; pass the call to `watch`.
   * @returns whether it is a probe
   */
  enter(credential: string): boolean {
    this.check(credential);
    const failing = this.#failing.get(credential);
    if (failing === undefined || !this.#isOpen(failing)) return false;
    failing.isProbing = true;
    this.#probes += 1;
    return true;
  }

  /**
   * Counts the outcome of a call.
   * @param isAccepted whether the vendor had accepted the credential before
   */
  async watch(
    credential: string,
    isAccepted: boolean,
    isProbe: boolean,
    call: Promise<UpstreamResponse>,
  ): Promise<UpstreamResponse> {
    try {
      const response = await call;
      if (response.status >= 500) this.#fail(credential, isAccepted, isProbe);
      else this.#succeed(credential, isAccepted);
      return response;
    } catch (error) {
      const kind = error instanceof UpstreamFailure ? error.kind : undefined;
      if (kind === 'timeout' || kind === 'unavailable') this.#fail(credential, isAccepted, isProbe);
      // An invalid response still shows that the vendor responds.
      else if (kind === 'invalid') this.#succeed(credential, isAccepted);
      throw error;
    } finally {
      if (isProbe) this.#endProbe(credential);
    }
  }

  /** An accepted credential's call succeeded. */
  endTrouble(): void {
    if (this.#witnesses.size > 0) this.#witnesses.clear();
  }

  get #isInTrouble(): boolean {
    return this.#witnesses.size >= Math.max(MIN_WITNESSES, this.#limit);
  }

  #isOpen({ failures }: Failing): boolean {
    return failures >= (this.#isInTrouble ? 1 : this.#limit);
  }

  #fail(credential: string, isAccepted: boolean, isProbe: boolean): void {
    const failing = this.#failing.get(credential) ?? { failures: 0, failedAt: 0, isProbing: false };
    // Calls that were running when the breaker opened say nothing new.
    if (this.#isOpen(failing) && !isProbe) return;
    failing.failures += 1;
    failing.failedAt = performance.now();
    this.#failing.set(credential, failing);
    if (isAccepted && !this.#isInTrouble) this.#witnesses.add(credential);
  }

  #succeed(credential: string, isAccepted: boolean): void {
    if (this.#failing.size > 0) this.#failing.delete(credential);
    if (isAccepted) this.endTrouble();
  }

  #endProbe(credential: string): void {
    this.#probes -= 1;
    const failing = this.#failing.get(credential);
    if (failing !== undefined) failing.isProbing = false;
  }

  #reason({ failures }: Failing): string {
    return failures >= this.#limit
      ? `${this.#limit} calls failed in a row`
      : 'calls of several callers failed in a row';
  }
}
