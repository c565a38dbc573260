import type { RequestScope } from '../upstream/call.ts';
import type { Entry } from './entry.ts';

/** Whose credentials are looked up: a person whose token was verified. */
export interface Owner {
  readonly issuer: string;
  /** Unique at this issuer. */
  readonly subject: string;
}

/** Where the credentials of each caller come from. */
export interface CredentialStore {
  /**
   * @returns undefined if the store has nothing about this person
   * @throws {RolecallError} CREDENTIALS_UNAVAILABLE if that cannot be known at the moment
   */
  find(owner: Owner, request: RequestScope): Entry | undefined | Promise<Entry | undefined>;
  /** Says that a vendor rejected credentials of this entry, which `find` returned: they may have been replaced. */
  reject(owner: Owner, entry: Entry): void;
}
