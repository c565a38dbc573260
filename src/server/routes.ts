import type { Plugin } from 'graphql-yoga';

const HEALTH_PATH = '/health';

/** Serves exact paths: on its own Yoga takes every URL that ends like one of its paths. */
export function createRoutes(graphqlPath: string): Plugin {
  return {
    onRequest({ url, endResponse, fetchAPI: { Response } }) {
      if (url.pathname === graphqlPath) return;
      if (url.pathname === HEALTH_PATH) {
        endResponse(new Response('ok\n'));
      } else if (url.pathname === '/') {
        endResponse(new Response(null, { status: 302, headers: { location: graphqlPath } }));
      } else {
        endResponse(new Response(`Nothing here: GraphQL is at ${graphqlPath}.\n`, { status: 404 }));
      }
    },
  };
}
