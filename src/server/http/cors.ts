import type { YogaServerOptions } from 'graphql-yoga';

const ALLOWED_HEADERS = [
  'Content-Type',
  'Authorization',
  'X-Request-Id',
  'Apollo-Require-Preflight',
  'X-Apollo-Operation-Name',
  'apollographql-client-name',
  'apollographql-client-version',
  // https://www.w3.org/TR/trace-context/ and https://www.w3.org/TR/baggage/
  'traceparent',
  'tracestate',
  'baggage',
];
const EXPOSED_HEADERS = ['Retry-After', 'X-Request-Id'];
const MAX_AGE_SECONDS = 7_200;

/**
 * Lets pages of these origins read responses, and no others. Cookies mean nothing here, so no page may send them.
 * @param otherHeaders those that carry vendors' keys, and the operator's own
 */
export function createCors(
  origins: readonly string[],
  credentialHeaders: readonly string[],
): NonNullable<YogaServerOptions<object, object>['cors']> {
  if (origins.length === 0) return false;
  const allowed = new Set(origins);
  return (request: Request) => {
    const origin = request.headers.get('origin');
    // Not a list of origins: with one of those, Yoga would answer "null" to others, which a sandboxed frame is.
    if (origin === null || !allowed.has(origin)) return false;
    return {
      origin,
      credentials: false,
      methods: ['GET', 'POST'],
      allowedHeaders: [...ALLOWED_HEADERS, ...credentialHeaders],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: MAX_AGE_SECONDS,
    };
  };
}
