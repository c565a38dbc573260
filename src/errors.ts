/**
 * What callers find in `errors[].extensions`.
 * The README's error table says when each code is given.
 */
export interface ErrorExtensions {
  readonly code: ErrorCode;
  /** The provider's name in the schema's `Provider` enum. */
  readonly provider?: string;
  /** The HTTP status that the vendor answered with. */
  readonly status?: number;
  /** Seconds until the vendor wants to be asked again. */
  readonly retryAfter?: number;
}

export type ErrorCode =
  | 'CREDENTIALS_MISSING'
  | 'CREDENTIALS_INVALID'
  | 'EXPANSION_LIMIT'
  | 'INVALID_REPRESENTATION'
  | 'UPSTREAM_UNAUTHENTICATED'
  | 'UPSTREAM_FORBIDDEN'
  | 'UPSTREAM_NOT_FOUND'
  | 'UPSTREAM_RATE_LIMITED'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_INVALID_RESPONSE'
  | 'UPSTREAM_INVALID_VALUE'
  | 'UPSTREAM_REJECTED'
  | 'BAD_REQUEST'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'UNAUTHENTICATED'
  | 'HOST_NOT_LOCAL'
  | 'CSRF'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'BODY_TOO_LARGE'
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
  | 'RATE_LIMITED'
  | 'INTERNAL';

/**
 * An error that callers are meant to read; every other one is masked.
 * It is no GraphQLError, so that code below the schema can throw it without knowing GraphQL:
 * graphql-js copies `extensions` from whatever a resolver throws.
 */
export class RolecallError extends Error {
  override readonly name: string = 'RolecallError';
  readonly extensions: ErrorExtensions;
  /** Is it told once per operation, at the first place that met it, rather than at every one? */
  readonly isReportedOnce: boolean;

  constructor(
    message: string,
    extensions: ErrorExtensions,
    { isReportedOnce = false }: { readonly isReportedOnce?: boolean } = {},
  ) {
    super(message);
    this.extensions = extensions;
    this.isReportedOnce = isReportedOnce;
  }

  /** The same, told once per operation. */
  reportedOnce(): RolecallError {
    return new RolecallError(this.message, this.extensions, { isReportedOnce: true });
  }
}
