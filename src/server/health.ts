import type { Plugin } from 'graphql-yoga';

const PATH = '/health';

/** Answers 200 while the process lives. Yoga's own answers every path that ends so. */
export const health: Plugin = {
  onRequest({ url, endResponse, fetchAPI }) {
    if (url.pathname === PATH) endResponse(new fetchAPI.Response('ok\n', { status: 200 }));
  },
};
