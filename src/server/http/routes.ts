import type { ServerPlugin } from '../plugin.ts';

const HEALTH_PATH = '/health';
const READY_PATH = '/ready';

/** Is the process ready for requests? Not while it starts, nor while it ends. */
export interface Readiness {
  isReady: boolean;
}

/**
 * Serves exact paths: on its own Yoga takes every URL that ends like one of its paths.
 * @param path the endpoint's own
 * @param home where people are sent who ask for nothing in particular
 */
export function createRoutes(path: string, home: string, readiness: Readiness): ServerPlugin {
  return {
    onRequest({ url, endResponse, fetchAPI: { Response } }) {
      if (url.pathname === path) return;
      if (url.pathname === HEALTH_PATH) {
        endResponse(new Response('ok\n'));
      } else if (url.pathname === READY_PATH) {
        const { isReady } = readiness;
        endResponse(
          new Response(isReady ? 'ready\n' : 'not ready\n', { status: isReady ? 200 : 503 }),
        );
      } else if (url.pathname === '/') {
        endResponse(new Response(null, { status: 302, headers: { location: home } }));
      } else {
        endResponse(new Response(`Nothing here: GraphQL is at ${home}.\n`, { status: 404 }));
      }
    },
  };
}
