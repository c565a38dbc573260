import type { ServerPlugin } from '../plugin.ts';

/** Keeps what is said of persons out of caches, and browsers from taking responses for something else. */
export const answerHeaders: ServerPlugin = {
  onResponse({ response: { headers } }) {
    if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
    headers.set('x-content-type-options', 'nosniff');
    headers.append('vary', 'Origin');
  },
};
