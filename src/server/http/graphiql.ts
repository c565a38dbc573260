import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Logger } from 'pino';
import type { ServerPlugin } from '../plugin.ts';

const OPERATIONS = join(import.meta.dirname, '../../../schema/operations');

interface Page {
  readonly etag: string;
  readonly bodies: Readonly<Record<'br' | 'gzip' | 'identity', Uint8Array<ArrayBuffer>>>;
}

/**
 * The GraphiQL page. Its scripts are in the page, so it works with no internet; that makes 9 MB,
 * which are rendered and compressed once, and which a browser that has them only asks about.
 */
export function createGraphiQL(endpoint: string, logger: Logger): ServerPlugin {
  let page: Promise<Page> | undefined;

  return {
    async onRequest({ request, url, endResponse, fetchAPI }) {
      if (request.method !== 'GET' || url.pathname !== endpoint) return;
      // Whatever the query: GraphiQL keeps it in the address, so that a reload brings it back.
      if (!request.headers.get('accept')?.includes('text/html')) return;
      page ??= renderPage();
      const rendered = await page.catch((error: unknown) => logger.error(error, 'GraphiQL'));
      if (!rendered) {
        // Yoga would answer what is thrown here with its stack.
        page = undefined;
        endResponse(
          new fetchAPI.Response('The page cannot be rendered. The server’s log says why.\n', {
            status: 500,
          }),
        );
        return;
      }
      const { etag, bodies } = rendered;
      const encoding = chooseEncoding(request.headers.get('accept-encoding') ?? '');
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        vary: 'accept, accept-encoding',
        etag,
        // No other page may put this one into a frame of its own.
        'content-security-policy': "frame-ancestors 'none'",
      };
      endResponse(
        request.headers.get('if-none-match') === etag
          ? new fetchAPI.Response(null, { status: 304, headers })
          : new fetchAPI.Response(bodies[encoding], {
              headers:
                encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding },
            }),
      );
    },
  };
}

async function renderPage(): Promise<Page> {
  // 9 MB of source, which a server that nobody explores never needs.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const operations = exampleOperations();
  const html = renderGraphiQL({
    title: 'Rolecall',
    defaultTabs: operations.map((query) => ({ query })),
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    // Where it posts to: a successful POST to the page's own URL makes a browser forget the page.
    endpoint: '?graphiql',
  });
  const identity = Buffer.from(html.replace('</head>', () => `${amendments(operations)}</head>`));
  const [br, gzipped] = await Promise.all([
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    promisify(gzip)(identity),
  ]);
  const etag = `W/"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`;
  return { etag, bodies: { br, gzip: gzipped, identity } };
}

/**
 * GraphiQL moves a tab away from under the mouse once its font has changed the tab's width; and it
 * adds an empty tab to those of a visitor who comes back without having edited the first one.
 */
function amendments([first]: readonly string[]): string {
  const query = JSON.stringify(first ?? '');
  return (
    '<style>.graphiql-tab { transform: none !important; }</style>' +
    `<script>localStorage['graphiql:query'] ??= ${query};</script>`
  );
}

/** The operations in `schema/operations`, in the order of their file names. */
function exampleOperations(): readonly string[] {
  return readdirSync(OPERATIONS)
    .sort()
    .map((file) => readFileSync(join(OPERATIONS, file), 'utf8'));
}

function chooseEncoding(accepted: string): keyof Page['bodies'] {
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'identity';
}
