import { LRUCache } from 'lru-cache';
import type { CacheSettings } from '../cache/settings.ts';
import type { ResponseKey, ResponseStore, StoredResponse } from '../cache/store.ts';
import { type ErrorCode, RolecallError } from '../errors.ts';
import type { RequestScope } from './call.ts';
import { UpstreamFailure } from './failure.ts';
import { isSuccess, type UpstreamResponse } from './response.ts';

/** Of failed refreshes. */
const MAX_FAILURES = 10_000;
/** The statuses of UPSTREAM_UNAVAILABLE that are outages (RFC 5861, 4). A failure without a response is one, too. */
const OUTAGES: ReadonlySet<number | undefined> = new Set([undefined, 500, 502, 503, 504]);
const REVOCATIONS: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNAUTHENTICATED',
  'UPSTREAM_FORBIDDEN',
  'UPSTREAM_NOT_FOUND',
]);
/** They are revocations whatever code the vendor's body has. */
const REVOKING_STATUSES: ReadonlySet<number | undefined> = new Set([401, 403, 404, 410]);

/** What was read from a response, and when the response was received, in milliseconds since 1970. */
export interface Received<T> {
  readonly value: T;
  readonly receivedAt: number;
}

/** A call whose response may be used again. */
export interface ReusableCall<T> {
  readonly key: ResponseKey;
  /** Makes the call, or shares it with simultaneous equal requests. @throws {RolecallError} */
  readonly make: (request: Pick<RequestScope, 'signal' | 'report'>) => Promise<Received<T>>;
  read(response: StoredResponse): T;
}

/** What was read from a stored response. */
interface Usable<T> extends Received<T> {
  readonly status: number;
  readonly ageMs: number;
}

interface FailedRefresh {
  readonly failure: RolecallError;
  /** Of the response that it was to replace. Another copy of this server may have replaced it since. */
  readonly receivedAt: number;
}

/** Responses that are used again: while they are fresh, while they are refreshed, and while the vendor fails. */
export class Reuse {
  readonly #settings: CacheSettings;
  readonly #store: ResponseStore;
  readonly #claimMs: number;
  readonly #refreshing = new Set<string>();
  readonly #failures = new LRUCache<string, FailedRefresh>({ max: MAX_FAILURES });

  /** @param claimMs how long a copy of this server may take for a refresh before another one tries */
  constructor(settings: CacheSettings, store: ResponseStore, claimMs: number) {
    this.#settings = settings;
    this.#store = store;
    this.#claimMs = claimMs;
  }

  /** @throws {RolecallError} if the vendor fails, and no response may take the place of its own */
  async fetch<T>(call: ReusableCall<T>, request: RequestScope): Promise<Received<T>> {
    const { ttlMs, staleMs, staleIfErrorMs } = this.#settings;
    const found = request.mustAskVendor ? undefined : await this.#find(call, ttlMs + staleMs);
    if (found !== undefined) {
      if (found.ageMs >= ttlMs) this.#refreshBehind(call, found.receivedAt, request);
      return use(found, request);
    }
    try {
      return await call.make(request);
    } catch (error) {
      if (request.mustAskVendor || !isOutage(error)) throw error;
      // Again, because it may have been dropped during the call.
      const stale = await this.#find(call, ttlMs + staleIfErrorMs);
      if (stale === undefined) throw error;
      request.warn(error);
      return use(stale, request);
    }
  }

  /** Stores a success that was read without fault; drops what another response revokes. */
  keep(key: ResponseKey, response: UpstreamResponse, receivedAt: number): void | Promise<void> {
    this.#failures.delete(key.name);
    if (!isSuccess(response)) return this.#store.drop(key);
    const { ttlMs, staleMs, staleIfErrorMs } = this.#settings;
    const { status, headers, bytes } = response;
    const stored = { status, encoding: headers['content-encoding'], bytes, receivedAt };
    return this.#store.store(key, stored, ttlMs + Math.max(staleMs, staleIfErrorMs));
  }

  /** Whoever loses a right loses it at once: drops the response if the error says so. */
  dropIfRevoked(key: ResponseKey, error: unknown): void | Promise<void> {
    if (!(error instanceof RolecallError)) return;
    const { code, status } = error.extensions;
    if (REVOCATIONS.has(code) || REVOKING_STATUSES.has(status)) return this.#store.drop(key);
  }

  /** What is stored and younger than this. A response that cannot be read, as another release may store it, is not used. */
  async #find<T>({ key, read }: ReusableCall<T>, maxAgeMs: number): Promise<Usable<T> | undefined> {
    const found = await this.#store.find(key);
    if (found === undefined || found.ageMs >= maxAgeMs) return undefined;
    const { response, ageMs } = found;
    try {
      const { status, receivedAt } = response;
      return { value: read(response), receivedAt, status, ageMs };
    } catch (error) {
      if (error instanceof RolecallError || error instanceof UpstreamFailure) return undefined;
      throw error;
    }
  }

  /** Reports the failure of the last refresh of the same response, and refreshes it. */
  #refreshBehind<T>(call: ReusableCall<T>, receivedAt: number, { warn }: RequestScope): void {
    const last = this.#failures.get(call.key.name);
    if (last?.receivedAt === receivedAt) warn(last.failure);
    this.#refresh(call, receivedAt);
  }

  /** Runs behind the response, and outlives its caller. At shutdown, it ends with the process. */
  async #refresh<T>({ key, make }: ReusableCall<T>, receivedAt: number): Promise<void> {
    const { name } = key;
    // Not one claim for each of many requests.
    if (this.#refreshing.has(name)) return;
    this.#refreshing.add(name);
    try {
      if (!(await this.#store.claimRefresh(key, this.#claimMs))) return;
      await make({ signal: new AbortController().signal, report() {} });
    } catch (error) {
      if (!(error instanceof RolecallError)) throw error;
      this.#failures.set(name, { failure: error, receivedAt });
    } finally {
      this.#refreshing.delete(name);
    }
  }
}

function use<T>(found: Usable<T>, { report }: RequestScope): Received<T> {
  const { value, receivedAt, status, ageMs } = found;
  report({ status, attempts: 0, durationMs: 0, ageMs });
  return { value, receivedAt };
}

/** A rate limit is one although it has a 4xx status: it takes nobody's rights away. */
function isOutage(error: unknown): error is RolecallError {
  if (!(error instanceof RolecallError)) return false;
  const { code, status } = error.extensions;
  return (
    code === 'UPSTREAM_TIMEOUT' ||
    code === 'UPSTREAM_RATE_LIMITED' ||
    (code === 'UPSTREAM_UNAVAILABLE' && OUTAGES.has(status))
  );
}
