import type { Provider } from './operations.ts';

/** The codes of this client, then those of Rolecall, whose README explains them; a newer server may have others. */
export type ErrorCode =
  | 'NETWORK_ERROR'
  | 'INVALID_RESPONSE'
  | 'CREDENTIALS_MISSING'
  | 'CREDENTIALS_INVALID'
  | 'CREDENTIALS_UNAVAILABLE'
  | 'UPSTREAM_UNAUTHENTICATED'
  | 'UPSTREAM_FORBIDDEN'
  | 'UPSTREAM_NOT_FOUND'
  | 'UPSTREAM_RATE_LIMITED'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_INVALID_RESPONSE'
  | 'UPSTREAM_INVALID_VALUE'
  | 'UPSTREAM_REJECTED'
  | 'EMAIL_NOT_VERIFIED'
  | 'VIEWER_NOT_FOUND'
  | 'VIEWER_AMBIGUOUS'
  | 'EXPANSION_LIMIT'
  | 'INVALID_REPRESENTATION'
  | 'BAD_REQUEST'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'BAD_USER_INPUT'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'UNAUTHENTICATED'
  | 'AUTHENTICATION_UNAVAILABLE'
  | 'CSRF'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'HOST_NOT_LOCAL'
  | 'RATE_LIMITED'
  | 'TOO_MANY_TOKENS'
  | 'TOO_MANY_SELECTIONS'
  | 'TOO_DEEP'
  | 'TOO_MANY_ALIASES'
  | 'TOO_MANY_ROOT_FIELDS'
  | 'TOO_MANY_DIRECTIVES'
  | 'LIST_TOO_LONG'
  | 'BATCH_TOO_LARGE'
  | 'TOO_MANY_NODES'
  | 'RESPONSE_TOO_LARGE'
  | 'INTERNAL'
  // Completes the codes above in editors, and accepts any other.
  | (string & {});

/** What is known of an error, as plain data. */
export interface ErrorDetails {
  /** What happened and what to do, without credentials. */
  readonly message: string;
  readonly code: ErrorCode;
  /** The provider that failed; null if it was Rolecall itself, or the way to it. */
  readonly provider: Provider | null;
  /** Seconds to wait before the next request; null if not known. */
  readonly retryAfter: number | null;
}

/** Why there is no result. */
export class RolecallError extends Error implements ErrorDetails {
  readonly code: ErrorCode;
  readonly provider: Provider | null;
  readonly retryAfter: number | null;

  constructor({ message, code, provider, retryAfter }: ErrorDetails) {
    super(message);
    this.name = 'RolecallError';
    this.code = code;
    this.provider = provider;
    this.retryAfter = retryAfter;
  }
}
