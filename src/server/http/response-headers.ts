import type { ServerPlugin } from '../plugin.ts';

/** Keeps personal data out of caches, and browsers from guessing another media type. */
export const responseHeaders: ServerPlugin = {
  onResponse({ response: { headers } }) {
    if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
    headers.set('x-content-type-options', 'nosniff');
    headers.append('vary', 'Origin');
  },
};
