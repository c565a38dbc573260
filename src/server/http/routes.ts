import type { ServerPlugin } from '../plugin.ts';
import { prefersPage } from './accept.ts';
import { text } from './text.ts';

const HEALTH_PATH = '/health';
const READY_PATH = '/ready';
const DEGRADED = 'degraded: Redis is not in use\n';
const NOT_ACCEPTABLE = 'Accept must allow application/graphql-response+json or application/json.\n';

/** Is the process ready for requests? Not during startup and shutdown. */
export interface Readiness {
  isReady: boolean;
}

export interface Routes {
  /** The endpoint's path. */
  readonly path: string;
  /** Where `/` redirects to. */
  readonly home: string;
  /** Is there a page at `home`? */
  readonly hasPage: boolean;
  /** Is it ready for requests? */
  readonly isReady: () => boolean;
  /** Is something missing that it can do without? */
  readonly isDegraded: () => boolean;
}

/** Is this the endpoint's path, with or without a trailing slash? */
export function isPath(pathname: string, path: string): boolean {
  return pathname === path || pathname === `${path}/`;
}

/** Responds to all paths but the endpoint's own: Yoga itself would serve every URL that ends like its endpoint. */
export function createRoutes({ path, home, hasPage, isReady, isDegraded }: Routes): ServerPlugin {
  const withoutPage = `GraphQL is at ${home}: POST {"query":"{ viewer { providers } }"} as application/json. The GraphiQL page is off (GRAPHIQL=off).\n`;

  function responseTo({ method, headers }: Request, pathname: string): Response | undefined {
    const isRead = method === 'GET' || method === 'HEAD';
    if (isPath(pathname, path)) {
      return !hasPage && isRead && prefersPage(headers) ? text(200, withoutPage) : undefined;
    }
    if (pathname === HEALTH_PATH || pathname === READY_PATH) {
      if (!isRead) return text(405, 'Send GET or HEAD.\n', { allow: 'GET, HEAD' });
      if (pathname === HEALTH_PATH) return text(200, 'ok\n');
      if (!isReady()) return text(503, 'not ready\n');
      return text(200, isDegraded() ? DEGRADED : 'ready\n');
    }
    if (pathname === '/' && isRead) {
      return hasPage ? text(302, `See ${home}.\n`, { location: home }) : text(200, withoutPage);
    }
    return text(404, `Not found. GraphQL is at ${home}.\n`);
  }

  return {
    onRequest({ request, url, endResponse }) {
      const response = responseTo(request, url.pathname);
      if (response !== undefined) endResponse(response);
    },
    onResponse({ response, setResponse }) {
      // Yoga's own 406 has no body.
      if (response.status === 406) {
        setResponse(text(406, NOT_ACCEPTABLE, Object.fromEntries(response.headers)));
      }
    },
  };
}
