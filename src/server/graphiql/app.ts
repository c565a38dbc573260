import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const OPERATIONS = join(import.meta.dirname, '../../../schema/operations');
const START = join(import.meta.dirname, 'browser/start.js');
const STYLE = join(import.meta.dirname, 'browser/app.css');

/** Supported encodings, the best first. */
export const ENCODINGS = ['br', 'gzip'] as const;

type Encoding = (typeof ENCODINGS)[number] | 'identity';

export interface App {
  /** The script's hash as in a Content-Security-Policy. */
  readonly hash: string;
  readonly etag: string;
  readonly bodies: Readonly<Record<Encoding, Promise<Uint8Array<ArrayBuffer>>>>;
}

/** GraphiQL as one script, rendered and compressed at the first request for it. */
export function createApp({ hasDocs }: { readonly hasDocs: boolean }): { load(): Promise<App> } {
  let app: Promise<App> | undefined;
  return {
    async load() {
      app ??= build(hasDocs);
      try {
        return await app;
      } catch (error) {
        app = undefined;
        throw error;
      }
    },
  };
}

async function build(hasDocs: boolean): Promise<App> {
  const identity = Buffer.from(await render(hasDocs));
  const digest = createHash('sha256').update(identity).digest();
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
  return {
    hash: `'sha256-${digest.toString('base64')}'`,
    etag: `W/"${digest.toString('base64url').slice(0, 22)}"`,
    bodies: {
      br: promisify(brotliCompress)(identity, { params }),
      gzip: promisify(gzip)(identity),
      identity: Promise.resolve(identity),
    },
  };
}

async function render(hasDocs: boolean): Promise<string> {
  // Imported here because it is 9 MB, which a server without GraphiQL users never needs.
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  const parts = {
    css: graphiql.css + readFileSync(STYLE, 'utf8'),
    favicon: graphiql.favicon,
    workers: {
      editorWorkerService: graphiql.editorWorkerService,
      json: graphiql.jsonWorker,
      graphql: graphiql.graphqlWorker,
    },
    options: {
      title: 'Rolecall',
      defaultTabs: exampleOperations().map((query) => ({ query })),
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
      // Not the page's own URL: after a successful POST to it, a browser would drop the page from its cache.
      endpoint: '?graphiql',
      // Keeps GraphiQL from introspecting the schema.
      ...(hasDocs ? {} : { schema: null }),
    },
  };
  return `${graphiql.js}\nconst parts = ${JSON.stringify(parts)};\n${readFileSync(START, 'utf8')}`;
}

/** The operations in `schema/operations`, in the order of their file names. */
function exampleOperations(): readonly string[] {
  return readdirSync(OPERATIONS)
    .sort()
    .map((file) => readFileSync(join(OPERATIONS, file), 'utf8'));
}
