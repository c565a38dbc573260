import { isLoopback } from '../../lib/env-types.ts';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/**
 * Refuses requests whose `Host` is not this machine. A page whose own host name resolves to it (DNS rebinding) is of the
 * same origin for the browser, so only `Host` reveals it. 421 is RFC 9110, 15.5.20.
 */
export const localHost: ServerPlugin = {
  onRequestParse({ request }) {
    const host = request.headers.get('host');
    // Only non-browsers send none.
    if (host === null || isLoopback(URL.parse(`http://${host}`)?.hostname ?? '')) return;
    throw requestError(
      'HOST_NOT_LOCAL',
      'This server has keys and requires no token, so it only accepts requests to localhost or 127.0.0.1. Use one of these names, or set CLIENT_TOKENS.',
    );
  },
};
