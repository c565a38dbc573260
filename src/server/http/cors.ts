import type { YogaServerOptions } from 'graphql-yoga';

const ALLOWED_HEADERS = [
  'Content-Type',
  'Authorization',
  'Cache-Control',
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
const EXPOSED_HEADERS = ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'];
const MAX_AGE_SECONDS = 7_200;

/**
 * Lets only pages of these origins read responses. Cookies are not allowed, because Rolecall uses none.
 * @param credentialHeaders the headers of vendors' keys, and those of CORS_HEADERS
 */
export function createCors(
  origins: readonly string[],
  credentialHeaders: readonly string[],
): NonNullable<YogaServerOptions<object, object>['cors']> {
  if (origins.length === 0) return false;
  const allowed = new Set(origins);
  return (request: Request) => {
    const origin = request.headers.get('origin');
    // Not a list of origins: Yoga would send "null" to all others, which is the origin of a sandboxed frame.
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
