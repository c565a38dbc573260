/**
 * What callers find in `errors[].extensions`.
 * `ERROR_CODES` says when each code is given.
 */
export interface ErrorExtensions {
  readonly code: ErrorCode;
  /** The provider's name in the schema's `Provider` enum. */
  readonly provider?: string;
  /** The HTTP status that the vendor responded with. */
  readonly status?: number;
  /** Seconds until the vendor wants to be asked again. */
  readonly retryAfter?: number;
}

/**
 * Every code that callers may meet, with its meaning. A code with a `status` refuses a whole request with that
 * HTTP status; the others report what is wrong with one field.
 * The README's error table is this one, which a test compares.
 */
export const ERROR_CODES = {
  CREDENTIALS_MISSING: {
    meaning:
      'A key that the provider needs is missing, or came in a header of another name; the message names the right one.',
  },
  CREDENTIALS_INVALID: {
    meaning: 'A header does not hold a key, or has a value that the provider does not know.',
  },
  UPSTREAM_UNAUTHENTICATED: { meaning: 'The vendor does not accept the credentials.' },
  UPSTREAM_FORBIDDEN: {
    meaning: 'The vendor refuses access. Some vendors also say this to a wrong key.',
  },
  UPSTREAM_NOT_FOUND: { meaning: 'The vendor responded with 404 or 410.' },
  UPSTREAM_RATE_LIMITED: {
    meaning: 'The vendor limits requests; `retryAfter` says for how long, where it said so.',
  },
  UPSTREAM_TIMEOUT: { meaning: 'The vendor did not respond in time.' },
  UPSTREAM_UNAVAILABLE: {
    meaning:
      'The connection failed or broke off, the vendor responded with 5xx, or the circuit breaker is open.',
  },
  UPSTREAM_INVALID_RESPONSE: {
    meaning: 'The response is not JSON, not what the vendor documents, or a redirect.',
  },
  UPSTREAM_INVALID_VALUE: {
    meaning: 'One value does not fit its field’s type; that field is null.',
  },
  UPSTREAM_REJECTED: { meaning: 'The vendor responded with another 4xx.' },
  EXPANSION_LIMIT: {
    meaning:
      'With `DD_EXPAND=rest`: the operation needs too many calls; what is beyond the limit stays a placeholder.',
  },
  INVALID_REPRESENTATION: { meaning: 'At `/subgraph`: a representation does not name an entity.' },
  BAD_REQUEST: { status: 400, meaning: 'The request is not a GraphQL request.' },
  GRAPHQL_PARSE_FAILED: { status: 400, meaning: 'The document is not GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, meaning: 'The document does not fit the schema.' },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    meaning: '`operationName` does not say which operation of the document to execute.',
  },
  BAD_USER_INPUT: { status: 400, meaning: 'A variable is missing or does not fit its type.' },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 200,
    meaning:
      'The request has the hash of a query (APQ) and no query; Apollo Client and urql then send the query themselves.',
  },
  UNAUTHENTICATED: {
    status: 401,
    meaning:
      'The request has no token that lets it in; for a JWT, the message says what is wrong with it.',
  },
  AUTHENTICATION_UNAVAILABLE: {
    status: 503,
    meaning: 'No JWT can be checked: the issuer’s keys could not be fetched yet, or for a day.',
  },
  CSRF: {
    status: 403,
    meaning:
      'A page of another site could have sent the request. Send JSON, or name a GraphQL media type in `Accept`.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    meaning: 'The body is larger than `LIMIT_BODY_BYTES` or `LIMIT_SUBGRAPH_BODY_BYTES`.',
  },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'The body is not JSON.' },
  HOST_NOT_LOCAL: {
    status: 421,
    meaning:
      'A server with keys and without `CLIENT_TOKENS` or `JWT_ISSUER` responds only to `localhost` and loopback addresses.',
  },
  RATE_LIMITED: {
    status: 429,
    meaning: 'More requests than `RATE_LIMIT` allows; `Retry-After` says when to try again.',
  },
  TOO_MANY_TOKENS: {
    status: 400,
    meaning: 'The document has more tokens or lines than `LIMIT_TOKENS`.',
  },
  TOO_MANY_SELECTIONS: {
    status: 400,
    meaning: 'The document selects more than `LIMIT_SELECTIONS`, fragments expanded.',
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
  INTERNAL: { meaning: 'A fault of Rolecall itself; the details are in its log.' },
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
 * An error that callers are meant to read; every other one is masked.
 * It is no GraphQLError, so that code below the schema can throw it without knowing GraphQL:
 * graphql-js copies `extensions` from whatever a resolver throws.
 */
export class RolecallError extends Error {
  override readonly name: string = 'RolecallError';
  readonly extensions: ErrorExtensions;
  /** Is it reported once per operation, at the first field that met it, rather than at every one? */
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

  /** The same, reported once per operation. */
  reportedOnce(): RolecallError {
    return new RolecallError(this.message, this.extensions, { isReportedOnce: true });
  }
}
