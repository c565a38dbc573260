import type { KeySet } from './key-set.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Between the end of a fetch and the next one in the background. */
const REFRESH_MS = 5 * MINUTE_MS;
const RETRY_MS = 30_000;
/** After the first failure while there are no keys; doubles with each further failure, up to RETRY_MS. */
const FIRST_RETRY_MS = 1_000;
/** Between two fetches that tokens with unknown keys cause. */
const UNKNOWN_KEY_MS = 30_000;
/** How long keys remain in use while the issuer cannot be reached. */
const STALE_MS = DAY_MS;

/** There are no keys, so no token can be verified. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The result of a fetch, for the log. */
export interface FetchReport {
  /** Undefined if it succeeded. */
  readonly failure: unknown;
}

/**
 * Holds the issuer's keys. Fetches happen in the background, one at a time. A request waits for a fetch only if its token
 * names an unknown key, or before the first fetch has ended.
 */
export class IssuerKeys {
  readonly #load: () => Promise<KeySet>;
  readonly #report: (report: FetchReport) => void;
  #keys: KeySet | undefined;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #unknownKeyAt = Number.NEGATIVE_INFINITY;
  #retryMs = FIRST_RETRY_MS;
  #flight: Promise<'succeeded' | 'failed'> | undefined;
  #hasLanded = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param load fetches the keys, with its own timeout */
  constructor(load: () => Promise<KeySet>, report: (report: FetchReport) => void) {
    this.#load = load;
    this.#report = report;
  }

  /** Starts fetching, forever; its timers let the process exit. */
  start(): void {
    this.#fetch();
  }

  get isReady(): boolean {
    return this.#usable() !== undefined;
  }

  /** @throws {KeysUnavailable} */
  async current(): Promise<KeySet> {
    if (!this.#hasLanded) await this.#flight;
    const keys = this.#usable();
    if (keys === undefined) throw new KeysUnavailable();
    return keys;
  }

  /**
   * The keys, fetched again in case the issuer has published a new one; the same keys if it has not, if it cannot be
   * reached, or if they were fetched less than 30 seconds ago for this reason.
   * @param known the keys that lack the one that a token names
   * @throws {KeysUnavailable}
   */
  async newerThan(known: KeySet): Promise<KeySet> {
    // A running fetch may have started before the key was published. If it fails, do not fetch again for now.
    if ((await this.#flight) === 'failed') this.#unknownKeyAt = performance.now();
    if (this.#keys === known && performance.now() - this.#unknownKeyAt >= UNKNOWN_KEY_MS) {
      this.#unknownKeyAt = performance.now();
      this.#fetch();
    }
    await this.#flight;
    return this.current();
  }

  #usable(): KeySet | undefined {
    return performance.now() - this.#loadedAt < STALE_MS ? this.#keys : undefined;
  }

  #fetch(): void {
    clearTimeout(this.#timer);
    this.#flight = this.#land().finally(() => {
      this.#flight = undefined;
      this.#hasLanded = true;
    });
  }

  async #land(): Promise<'succeeded' | 'failed'> {
    let failure: unknown;
    try {
      const keys = await this.#load();
      // Keep the old object if the keys are the same: it remembers the tokens that were verified with them.
      if (!keys.hasSameKeys(this.#usable())) this.#keys = keys;
      this.#loadedAt = performance.now();
      this.#retryMs = FIRST_RETRY_MS;
    } catch (error) {
      failure = error;
    }
    this.#timer = setTimeout(() => this.#fetch(), this.#delay(failure !== undefined)).unref();
    this.#report({ failure });
    return failure === undefined ? 'succeeded' : 'failed';
  }

  #delay(hasFailed: boolean): number {
    if (!hasFailed) return REFRESH_MS;
    if (this.isReady) return RETRY_MS;
    const delay = this.#retryMs;
    this.#retryMs = Math.min(2 * delay, RETRY_MS);
    return delay;
  }
}
