import { LRUCache } from 'lru-cache';
import { UpstreamFailure } from './failure.ts';
import type { UpstreamResponse } from './response.ts';

/** So many credentials at least must have failed before a site counts as in trouble. */
const MIN_WITNESSES = 3;
/** Probes of a site in trouble that are under way at once. */
const MAX_PROBES = 4;

/** A credential whose last call failed. */
interface Failing {
  /** Calls that failed in a row. */
  failures: number;
  /** On the clock of `performance.now()`. */
  failedAt: number;
  isProbing: boolean;
}

/**
 * The breakers of one base URL, one for each credential: it opens when calls of that credential fail in a row, and lets
 * one of them at a time probe. Nobody is refused whose own last call went well, so nobody's failures harm others.
 * Where several credentials that the vendor has accepted before fail with no success between, the site is in trouble:
 * a single failure then opens a breaker, and few probe at once. docs/resilience.md has the reasons.
 */
export class Breaker {
  readonly #limit: number;
  readonly #resetMs: number;
  readonly #failing: LRUCache<string, Failing>;
  /** Accepted credentials that failed since the last success of any: as many as it takes. */
  readonly #witnesses = new Set<string>();
  #probes = 0;

  /**
   * @param limit calls of a credential that fail in a row, each after its retries, before its breaker opens
   * @param resetMs how long it stays open before a call probes
   * @param credentials of so many it is remembered that their calls failed
   */
  constructor(limit: number, resetMs: number, credentials: number) {
    this.#limit = limit;
    this.#resetMs = resetMs;
    this.#failing = new LRUCache({ max: credentials });
  }

  /** @throws {UpstreamFailure} `open` where its calls are not let through */
  check(credential: string): void {
    const failing = this.#failing.get(credential);
    if (failing === undefined || !this.#isOpen(failing)) return;
    const isTooSoon = performance.now() < failing.failedAt + this.#resetMs;
    if (failing.isProbing || isTooSoon || (this.#isInTrouble && this.#probes >= MAX_PROBES)) {
      throw new UpstreamFailure('open', `${this.#reason(failing)}, so calls are paused`);
    }
  }

  /**
   * As `check`, of a call that is about to be made: its outcome is reported to `watch`.
   * @returns is it a probe?
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
   * Counts how a call goes that was let through.
   * @param isAccepted had the vendor accepted the credential before?
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
      // It is there, whatever it says.
      else if (kind === 'invalid') this.#succeed(credential, isAccepted);
      throw error;
    } finally {
      if (isProbe) this.#endProbe(credential);
    }
  }

  /** An accepted credential's call went well. */
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
    // Those that were under way when it opened say nothing new.
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
