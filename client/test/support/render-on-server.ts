/**
 * A server, in a process without a window: asks Rolecall for what the page shows, and prints the HTML, the state for the
 * page and how many requests that took. Arguments: Rolecall's URL, and whether to prefetch.
 */
import { dehydrate, QueryClient } from '@tanstack/react-query';
import { renderToString } from 'react-dom/server';
import { createRolecallClient } from '../../src/index.ts';
import { prefetchChecks, prefetchViewer } from '../../src/react/index.ts';
import { Application, NAMES } from './application.ts';
import { watched } from './requests.ts';

const [url = '', prefetch] = process.argv.slice(2);
const { fetch, seen } = watched();
const client = createRolecallClient({ url, fetch });
const queryClient = new QueryClient();
if (prefetch === 'prefetch') {
  await Promise.all([
    prefetchViewer(queryClient, client),
    prefetchChecks(queryClient, client, NAMES),
  ]);
}
const html = renderToString(Application({ client, queryClient }));
const state = dehydrate(queryClient);
process.stdout.write(JSON.stringify({ html, state, requests: seen.length }));
queryClient.clear();
