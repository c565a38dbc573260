import type { Connect, Plugin } from 'vite';
import { forward } from './forward.ts';
import { people } from './people.ts';
import { findRolecall } from './rolecall.ts';

/** The backend of the page, in Vite's own server: `/people` without keys, and `/graphql` with the keys of a person. */
export function backend(): Plugin {
  return {
    name: 'rolecall-example-backend',
    async configureServer(server) {
      const { url, stop } = await findRolecall();
      server.httpServer?.once('close', stop);
      serve(server.middlewares, url);
    },
    async configurePreviewServer(server) {
      const { url, stop } = await findRolecall();
      server.httpServer.once('close', stop);
      serve(server.middlewares, url);
    },
  };
}

function serve(middlewares: Connect.Server, rolecall: string): void {
  const listed = JSON.stringify(people.map(({ id, name, note }) => ({ id, name, note })));
  middlewares.use('/people', (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(listed);
  });
  middlewares.use('/graphql', (request, response, next) => {
    forward(rolecall, request, response).catch(next);
  });
}
