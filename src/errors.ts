/**
 * The content of `errors[].extensions`. `ERROR_CODES` explains each code.
 */
export interface ErrorExtensions {
  readonly code: ErrorCode;
  /** The provider's name in the schema's `Provider` enum. */
  readonly provider?: string;
  /** The HTTP status that the vendor responded with. */
  readonly status?: number;
  /** Seconds until the vendor accepts requests again. */
  readonly retryAfter?: number;
}

/**
 * Every code that callers may get, with its meaning. A code with a `status` refuses a whole request with that HTTP
 * status; the others report an error of one field. A test compares the README's error table with this one.
 */
export const ERROR_CODES = {
  CREDENTIALS_MISSING: {
    meaning:
      'A key that the provider needs is missing, or was sent in a header with another name; the message names the right one.',
  },
  CREDENTIALS_INVALID: {
    meaning:
      'A header of the credentials is malformed, or has a value that the provider does not know.',
  },
  CREDENTIALS_UNAVAILABLE: {
    meaning: 'With `CREDENTIALS_URL`: the caller’s credentials could not be fetched. Try again.',
  },
  UPSTREAM_UNAUTHENTICATED: { meaning: 'The vendor rejects the credentials.' },
  UPSTREAM_FORBIDDEN: {
    meaning: 'The vendor denies access. Some vendors also respond like this to a wrong key.',
  },
  UPSTREAM_NOT_FOUND: { meaning: 'The vendor responded with 404 or 410.' },
  UPSTREAM_RATE_LIMITED: {
    meaning: 'The vendor’s rate limit is exceeded; `retryAfter` says for how long, if known.',
  },
  UPSTREAM_TIMEOUT: { meaning: 'The vendor did not respond in time.' },
  UPSTREAM_UNAVAILABLE: {
    meaning:
      'The connection failed, the vendor responded with 5xx, its circuit breaker is open, or too many calls to it are waiting.',
  },
  UPSTREAM_INVALID_RESPONSE: {
    meaning: 'The response is a redirect, cannot be read, or does not have the documented shape.',
  },
  UPSTREAM_INVALID_VALUE: {
    meaning: 'One value does not fit its field’s type; that field is null.',
  },
  UPSTREAM_REJECTED: { meaning: 'The vendor responded with another 4xx status.' },
  EMAIL_NOT_VERIFIED: {
    meaning:
      'With `VIEWER=caller`: the token has no e-mail address that the issuer vouches for, so no user can be looked up.',
  },
  VIEWER_NOT_FOUND: {
    meaning:
      'With `VIEWER=caller`: the provider knows no active person with the e-mail address in the token.',
  },
  VIEWER_AMBIGUOUS: {
    meaning:
      'With `VIEWER=caller`: the provider knows several active people with the e-mail address in the token.',
  },
  EXPANSION_LIMIT: {
    meaning:
      'With `DD_EXPAND=rest`: the operation needs more calls than `DD_EXPANSION_LIMIT`; only the ids of the resources beyond it are known.',
  },
  INVALID_REPRESENTATION: {
    meaning: 'At `/subgraph`: a representation has no `__typename` of an entity, or no `id`.',
  },
  BAD_REQUEST: { status: 400, meaning: 'The request is not a well-formed GraphQL request.' },
  GRAPHQL_PARSE_FAILED: { status: 400, meaning: 'The document has a syntax error.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, meaning: 'The document does not match the schema.' },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    meaning: '`operationName` does not say which operation of the document to execute.',
  },
  BAD_USER_INPUT: {
    status: 400,
    meaning: 'A variable or an argument is missing or has the wrong type.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 200,
    meaning:
      'The request has only the hash of a query (automatic persisted queries). Apollo Client and urql then send the query itself.',
  },
  UNAUTHENTICATED: {
    status: 401,
    meaning: 'The request has no valid token; for a JWT, the message says why it was rejected.',
  },
  AUTHENTICATION_UNAVAILABLE: {
    status: 503,
    meaning: 'JWTs cannot be verified: the issuer’s keys could not be fetched yet, or for a day.',
  },
  CSRF: {
    status: 403,
    meaning:
      'A page of another site could have sent the request. Send JSON, or a GraphQL media type in `Accept`.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    meaning: 'The body is larger than `LIMIT_BODY_BYTES` or `LIMIT_SUBGRAPH_BODY_BYTES`.',
  },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'The body is not JSON.' },
  HOST_NOT_LOCAL: {
    status: 421,
    meaning:
      'A server with its own keys and without `CLIENT_TOKENS` or `JWT_ISSUER` responds only to `localhost` and loopback addresses.',
  },
  RATE_LIMITED: {
    status: 429,
    meaning: 'The caller has exceeded `RATE_LIMIT`; `Retry-After` says when to try again.',
  },
  TOO_MANY_TOKENS: {
    status: 400,
    meaning: 'The document has more tokens or lines than `LIMIT_TOKENS`.',
  },
  TOO_MANY_SELECTIONS: {
    status: 400,
    meaning: 'The document has more selections than `LIMIT_SELECTIONS`, fragments expanded.',
  },
  TOO_DEEP: { status: 400, meaning: 'The document nests deeper than `LIMIT_DEPTH`.' },
  TOO_MANY_ALIASES: { status: 400, meaning: 'The document has more aliases than `LIMIT_ALIASES`.' },
  TOO_MANY_ROOT_FIELDS: {
    status: 400,
    meaning: 'The document has more root fields than `LIMIT_ROOT_FIELDS`.',
  },
  TOO_MANY_DIRECTIVES: {
    status: 400,
    meaning: 'The document has more directives than `LIMIT_DIRECTIVES`.',
  },
  LIST_TOO_LONG: {
    status: 400,
    meaning: 'A list in the document or a variable has more items than `LIMIT_LIST_ITEMS`.',
  },
  BATCH_TOO_LARGE: { status: 400, meaning: 'The batch has more operations than `LIMIT_BATCH`.' },
  TOO_MANY_NODES: {
    status: 400,
    meaning: 'The response would have more list items than `LIMIT_NODES`.',
  },
  RESPONSE_TOO_LARGE: {
    status: 400,
    meaning: 'The response would be larger than `LIMIT_RESPONSE_BYTES`.',
  },
  INTERNAL: { meaning: 'Rolecall failed; its log has the details.' },
} as const satisfies Readonly<
  Record<string, { readonly status?: number; readonly meaning: string }>
>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** A code that refuses a whole request. */
export type RequestErrorCode = {
  [Code in ErrorCode]: (typeof ERROR_CODES)[Code] extends { readonly status: number }
    ? Code
    : never;
}[ErrorCode];

/**
 * An error that is meant for callers; all others are masked.
 * Not a GraphQLError, so that code below the schema need not know GraphQL: graphql-js copies `extensions` from any error
 * that a resolver throws.
 */
export class RolecallError extends Error {
  override readonly name: string = 'RolecallError';
  readonly extensions: ErrorExtensions;
  /** Is it reported only at the first field that it affects, rather than at each? */
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

  /** A copy that is reported once per operation. */
  reportedOnce(): RolecallError {
    return new RolecallError(this.message, this.extensions, { isReportedOnce: true });
  }
}
