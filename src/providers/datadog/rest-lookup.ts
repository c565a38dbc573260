import { bulkhead } from 'cockatiel';
import { RolecallError } from '../../errors.ts';
import { canBeInPath } from './client.ts';
import type { NotFetched } from './placeholder.ts';
import type { Resources } from './resources.ts';
import { vendor } from './vendor.ts';

const CONCURRENCY = 4;

/** Fetches resources that the current user's document points at but does not hold. */
export interface Fetcher {
  user(id: string): Promise<Resources>;
  role(id: string): Promise<Resources>;
  /** Every permission of the organization, in one response. */
  permissions(): Promise<Resources>;
}

/** One request's calls beyond the current user: a few at a time, up to the limit. */
export class RestLookup {
  readonly #fetcher: Fetcher;
  readonly #limit: number;
  readonly #slots = bulkhead(CONCURRENCY, Number.POSITIVE_INFINITY);
  readonly #limitError: RolecallError;
  #calls = 0;
  #permissions: Promise<Resources | NotFetched> | undefined;

  constructor(fetcher: Fetcher, limit: number) {
    this.#fetcher = fetcher;
    this.#limit = limit;
    this.#limitError = new RolecallError(
      `The operation needs more than ${limit} calls to Datadog, so only the ids of some objects are known. Select less, or split it into several requests.`,
      { code: 'EXPANSION_LIMIT', provider: vendor.name },
      { isReportedOnce: true },
    );
  }

  /** @returns the user's document; undefined if there is no such user, an error if the call failed */
  user(id: string): Promise<Resources | NotFetched> {
    return this.#byId(() => this.#fetcher.user(id), id);
  }

  /** As `user`. */
  role(id: string): Promise<Resources | NotFetched> {
    return this.#byId(() => this.#fetcher.role(id), id);
  }

  /** As `user`, for all permissions; called at most once. */
  permissions(): Promise<Resources | NotFetched> {
    this.#permissions ??= this.#call(() => this.#fetcher.permissions());
    return this.#permissions;
  }

  async #byId(fetch: () => Promise<Resources>, id: string): Promise<Resources | NotFetched> {
    // Callers of the subgraph choose ids.
    return canBeInPath(id) ? this.#call(fetch) : undefined;
  }

  async #call(fetch: () => Promise<Resources>): Promise<Resources | NotFetched> {
    if (this.#calls >= this.#limit) return this.#limitError;
    this.#calls += 1;
    return orReported(() => this.#slots.execute(fetch));
  }
}

/** The call's result; undefined if there is no such resource, or the error, which is reported once, if the call failed. */
export async function orReported(fetch: () => Promise<Resources>): Promise<Resources | NotFetched> {
  try {
    return await fetch();
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    return error.extensions.code === 'UPSTREAM_NOT_FOUND' ? undefined : error.reportedOnce();
  }
}
