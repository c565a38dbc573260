import type { Secret } from '../lib/secret.ts';

/** A vendor's successful response, as it was received. */
export interface StoredResponse {
  readonly status: number;
  /** Its `content-encoding`; undefined if it has none. */
  readonly encoding: string | undefined;
  /** The body, still encoded. */
  readonly bytes: Buffer;
  /** In milliseconds since 1970: what callers are told. */
  readonly receivedAt: number;
}

/** Everything that a response depends on. Responses with different keys are never confused. */
export interface ResponseKey {
  /** With the query. */
  readonly url: string;
  /** All credentials of the call. */
  readonly secrets: readonly Secret[];
  /** Identifies both within this process. */
  readonly name: string;
}

/** A stored response, with its age (RFC 9111, 4.2.3) by a clock that is not set back. */
export interface Found {
  readonly response: StoredResponse;
  readonly ageMs: number;
}

/** Keeps responses for a while. Nothing in it throws or rejects: a store that fails has nothing. */
export interface ResponseStore {
  find(key: ResponseKey): Found | undefined | Promise<Found | undefined>;
  /** @param lifetimeMs how long it may be found */
  store(key: ResponseKey, response: StoredResponse, lifetimeMs: number): void | Promise<void>;
  /** For a response that must not be used any more. */
  drop(key: ResponseKey): void | Promise<void>;
  /** Is this the one who refreshes the response? It is for nobody else, in `forMs`. */
  claimRefresh(key: ResponseKey, forMs: number): boolean | Promise<boolean>;
}
