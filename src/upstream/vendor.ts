import type { ErrorCode } from '../errors.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** The texts in messages about a vendor. */
export interface VendorTexts {
  /** The provider's value in the schema's `Provider` enum, in capitals. */
  readonly name: string;
  /** Its name as people write it. */
  readonly title: string;
  /** A sentence: what to check when the vendor rejects the credentials. */
  readonly credentialsHint: string;
  /** A sentence: what to check when the vendor denies access. */
  readonly permissionHint: string;
}

/** What calls to a vendor need. It uses methods so that a provider can extend it. */
export interface Vendor extends VendorTexts {
  /** Which responses are rate limits, when to try again, and what may be retried. */
  readonly retryPolicy: RetryPolicy;
  /** The codes of errors that the credentials may have caused. Default: `UPSTREAM_UNAUTHENTICATED`. */
  readonly credentialCodes?: readonly ErrorCode[];
  /** The `Accept` header. Default: `application/json`. */
  readonly accept?: string;
  /** Reads the body of an error response: JSON, or undefined if it is not JSON. */
  readError(body: unknown): VendorError;
}

/** The content of an error response. */
export interface VendorError {
  /** The vendor's own message. It is redacted and shortened before it is shown. */
  readonly words: string | undefined;
  /** The meaning of the vendor's own error code, if it is more precise than the HTTP status. */
  readonly code?: ErrorCode | undefined;
}

/** Reads one kind of response. */
export interface Reader<T> {
  /**
   * The value in the JSON body of a success (HTTP 2xx).
   * @throws {ShapeError} if the body does not have the documented shape
   */
  read(body: unknown): T;
  /** Does the body of a success (HTTP 2xx) report an error? */
  isError?(body: unknown): boolean;
  /** What to check when the vendor refuses this request: a sentence in place of the vendor's own. */
  readonly permissionHint?: string;
  /** The value that another status stands for; undefined if it is an error. */
  readStatus?(status: number, body: unknown): T | undefined;
}
