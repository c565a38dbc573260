import { isLoopback } from '../../lib/env-types.ts';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/**
 * Responds only where the caller asked for this machine by name. Of a page whose own name was made to lead here
 * (DNS rebinding) a browser says that it is of the same origin: `Host` alone tells. 421 is RFC 9110, 15.5.20.
 */
export const localHost: ServerPlugin = {
  onRequestParse({ request }) {
    const host = request.headers.get('host');
    // Browsers always send one.
    if (host === null || isLoopback(URL.parse(`http://${host}`)?.hostname ?? '')) return;
    throw requestError(
      'HOST_NOT_LOCAL',
      'This server has keys and requires no token, so it only accepts requests to localhost or 127.0.0.1. Use one of these names, or set CLIENT_TOKENS.',
    );
  },
};
