import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/** Headers that a page of another origin can send only after a preflight, which CORS answers. */
const PREFLIGHTED = ['apollo-require-preflight', 'x-apollo-operation-name', 'x-graphql-yoga-csrf'];

/** Media types that no form, image, script or navigation asks for. */
const GRAPHQL_ACCEPT = /application\/(graphql-response\+|graphql\+)?json/;

/**
 * Refuses what a page of another origin can make a browser send without asking first.
 * Yoga's own plugin knows only headers of its own, so urql's GET would fail: urql says what it accepts,
 * and no more. A page can say that too, but its browser adds where it comes from (`Sec-Fetch-Site`).
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
