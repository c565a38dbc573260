import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/** Headers that a page of another origin can send only after a preflight, which CORS controls. */
const PREFLIGHTED = ['apollo-require-preflight', 'x-apollo-operation-name', 'x-graphql-yoga-csrf'];

/** Media types that no form, image, script or navigation accepts explicitly. */
const GRAPHQL_ACCEPT = /application\/(graphql-response\+|graphql\+)?json/;

/**
 * Refuses requests that a page of another origin can make a browser send without a preflight.
 * Yoga's own plugin only accepts custom headers, but urql's GET has none, only `Accept`. A page can set `Accept` too,
 * but then its browser adds `Sec-Fetch-Site`.
 */
export function createCsrfPrevention(corsOrigins: readonly string[]): ServerPlugin {
  const allowed = new Set(corsOrigins);

  return {
    onRequestParse({ request }) {
      const { headers, method } = request;
      const isJson = /^application\/json(;|$)/.test(headers.get('content-type') ?? '');
      if (method === 'POST' && !isJson) {
        throw requestError(
          'UNSUPPORTED_MEDIA_TYPE',
          'Send the operation as JSON, with the header Content-Type: application/json.',
        );
      }
      if (isJson || PREFLIGHTED.some((name) => headers.has(name))) return;
      const saysWhatItAccepts = GRAPHQL_ACCEPT.test(headers.get('accept') ?? '');
      if (saysWhatItAccepts && !comesFromElsewhere(headers)) return;
      throw requestError(
        'CSRF',
        'Add the header Content-Type: application/json or Accept: application/graphql-response+json. Without either, a page of another site could have sent this request.',
      );
    },
  };

  /** https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site */
  function comesFromElsewhere(headers: Headers): boolean {
    if (allowed.has(headers.get('origin') ?? '')) return false;
    return /^(cross-site|same-site)$/.test(headers.get('sec-fetch-site') ?? '');
  }
}
