import type { KeySet } from './key-set.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Between the end of a fetch and the next one in the background. */
const REFRESH_MS = 5 * MINUTE_MS;
const RETRY_MS = 30_000;
/** While there are no keys, after the first failure; twice as long after each further one, up to RETRY_MS. */
const FIRST_RETRY_MS = 1_000;
/** Between two fetches because of keys that tokens name and the issuer did not publish. */
const UNKNOWN_KEY_MS = 30_000;
/** Keys go on working for so long while the issuer cannot be reached. */
const STALE_MS = DAY_MS;

/** There are no keys, so nobody can be recognised at the moment. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** What became of a fetch, for the log. */
export interface FetchReport {
  /** Undefined where it succeeded. */
  readonly failure: unknown;
}

/**
 * Keeps the issuer's keys at hand. Fetches happen in the background, one at a time; a request waits for one only
 * where its token names an unknown key, or before the very first has ended.
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

  /** @param load fetches the keys, within a time of its own */
  constructor(load: () => Promise<KeySet>, report: (report: FetchReport) => void) {
    this.#load = load;
    this.#report = report;
  }

  /** Begins to fetch, and never stops; it keeps no process alive. */
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
   * The keys after a look at whether the issuer has published another one meanwhile; the same ones where it has
   * not, cannot be reached, or was asked less than 30 seconds ago for the same reason.
   * @param known the keys among which there is not the one that a token names
   * @throws {KeysUnavailable}
   */
  async newerThan(known: KeySet): Promise<KeySet> {
    // One that is under way may have begun before the key was published; but why ask again where it fails?
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
      // The same ones keep the tokens that were verified with them.
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
