import { bulkhead } from 'cockatiel';
import { RolecallError } from '../../errors.ts';
import type { Directory } from './directory.ts';
import type { Absence } from './reference.ts';
import { vendor } from './vendor.ts';

const CONCURRENCY = 4;
const MAX_ID_LENGTH = 256;

/** Asks for what the current user's document refers to and does not hold. */
export interface Fetcher {
  readonly user: (id: string) => Promise<Directory>;
  readonly role: (id: string) => Promise<Directory>;
  /** Every permission of the organization, in one answer. */
  readonly permissions: () => Promise<Directory>;
}

/** One request's calls beyond the current user: a few at a time, and not more than so many. */
export class Expansion {
  readonly #fetcher: Fetcher;
  readonly #limit: number;
  readonly #places = bulkhead(CONCURRENCY, Number.POSITIVE_INFINITY);
  readonly #limitError: RolecallError;
  #calls = 0;
  #permissions: Promise<Directory | Absence> | undefined;

  constructor(fetcher: Fetcher, limit: number) {
    this.#fetcher = fetcher;
    this.#limit = limit;
    this.#limitError = new RolecallError(
      `Datadog would have to be asked more than ${limit} times: what is beyond that is left as references. Ask for less.`,
      { code: 'EXPANSION_LIMIT', provider: vendor.name },
      { isReportedOnce: true },
    );
  }

  /** @returns its document; undefined where there is no such user, an error where asking failed */
  user(id: string): Promise<Directory | Absence> {
    return this.#byId(id, this.#fetcher.user);
  }

  /** As `user`. */
  role(id: string): Promise<Directory | Absence> {
    return this.#byId(id, this.#fetcher.role);
  }

  /** As `user`; asked for once, however many are missing. */
  permissions(): Promise<Directory | Absence> {
    this.#permissions ??= this.#call(this.#fetcher.permissions);
    return this.#permissions;
  }

  async #byId(id: string, fetch: (id: string) => Promise<Directory>): Promise<Directory | Absence> {
    // Callers of the subgraph choose ids: one must not lead to another path, and must fit into one.
    if (id === '.' || id === '..' || id.length > MAX_ID_LENGTH || !id.isWellFormed())
      return undefined;
    return this.#call(() => fetch(id));
  }

  async #call(fetch: () => Promise<Directory>): Promise<Directory | Absence> {
    if (this.#calls >= this.#limit) return this.#limitError;
    this.#calls += 1;
    try {
      return await this.#places.execute(fetch);
    } catch (error) {
      if (!(error instanceof RolecallError)) throw error;
      return error.extensions.code === 'UPSTREAM_NOT_FOUND' ? undefined : error.reportedOnce();
    }
  }
}
