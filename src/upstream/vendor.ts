import type { ErrorCode } from '../errors.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** What messages about a vendor say. */
export interface VendorTexts {
  /** The provider's value in the schema's `Provider` enum, in capitals. */
  readonly name: string;
  /** Its name as people write it. */
  readonly title: string;
  /** What to check when the vendor refuses the credentials: a sentence. */
  readonly credentialsHint: string;
  /** What to check when the vendor refuses the request: a sentence. */
  readonly permissionHint: string;
}

/** A vendor as far as its calls go. It is written in methods so that a provider can extend it. */
export interface Vendor extends VendorTexts {
  /** Which responses are rate limits, when to come back, and what may be retried. */
  readonly retryPolicy: RetryPolicy;
  /** The media type that it is asked for: `application/json` where it names none. */
  readonly accept?: string;
  /** Reads the body of an error response; it is undefined where it is not JSON. */
  readError(body: unknown): VendorError;
}

/** What the body of an error response says. */
export interface VendorError {
  /** The vendor's own words, as they came: they are shortened and redacted before anybody sees them. */
  readonly words: string | undefined;
  /** What the vendor's own error code means, where that is more precise than the HTTP status. */
  readonly code?: ErrorCode | undefined;
}

/** How one kind of response is read. */
export interface Reader<T> {
  /**
   * The value in the body of a success (HTTP 2xx), which is JSON.
   * @throws {ShapeError} where the body is not what the vendor documents
   */
  read(body: unknown): T;
  /** Does the body of a success say that the call failed all the same? */
  isError?(body: unknown): boolean;
  /** The value that another status stands for; undefined where it is an error. */
  readStatus?(status: number, body: unknown): T | undefined;
}
