import { Response } from '@whatwg-node/fetch';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { acceptedEncoding, prefersPage } from '../http/accept.ts';
import { isPath } from '../http/routes.ts';
import { text } from '../http/text.ts';
import type { ServerContext, ServerPlugin } from '../plugin.ts';
import { createApp, ENCODINGS } from './app.ts';
import { type PageOptions, renderPage } from './page.ts';

export interface GraphiQLOptions extends PageOptions {
  readonly endpoint: string;
  /** Checks that the caller may load the app. @throws {GraphQLError} if not */
  admit(request: Request, serverContext: ServerContext): Promise<void>;
  readonly logger: Logger;
}

/**
 * Serves GraphiQL, which works offline: a page of a few kilobytes for everyone, and the app (9 MB), which the page loads
 * with the caller's token if one is required.
 */
export function createGraphiQL(options: GraphiQLOptions): ServerPlugin {
  const { endpoint, admit, logger } = options;
  const app = createApp(options);

  async function servePage(): Promise<Response> {
    const { html, contentSecurityPolicy } = renderPage(options, (await app.load()).hash);
    return new Response(html, {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': contentSecurityPolicy,
        vary: 'accept',
      },
    });
  }

  async function serveApp({ headers: asked }: Request): Promise<Response> {
    const { etag, bodies } = await app.load();
    const encoding = acceptedEncoding(asked, ENCODINGS);
    const headers = {
      'content-type': 'text/javascript; charset=utf-8',
      // The browser caches the app, and revalidates it each time.
      'cache-control': 'private, no-cache',
      vary: 'accept-encoding, authorization',
      etag,
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    };
    if (asked.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
    return new Response(await bodies[encoding], { headers });
  }

  return {
    async onRequest({ request, url, endResponse, serverContext }) {
      if (request.method !== 'GET' || !isPath(url.pathname, endpoint)) return;
      const isApp = url.searchParams.get('graphiql') === 'app';
      // Even with a query in the URL: GraphiQL keeps it there, so that a reload restores it.
      if (!isApp && !prefersPage(request.headers)) return;
      try {
        if (isApp) await admit(request, serverContext);
        endResponse(isApp ? await serveApp(request) : await servePage());
      } catch (error) {
        // If this threw, Yoga would respond with the stack trace.
        endResponse(refused(error) ?? failed(error));
      }
    },
  };

  function failed(error: unknown): Response {
    logger.error(error, 'GraphiQL');
    return text(500, 'GraphiQL could not be prepared. See the server’s log.\n');
  }
}

/** The response for a request that `admit` refused. */
function refused(error: unknown): Response | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  const { status, headers } = error.extensions['http'] as {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
  };
  return text(status, `${error.message}\n`, headers);
}
