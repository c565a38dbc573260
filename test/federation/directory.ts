import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');

export const DIRECTORY_SDL = read('directory.graphql');
/** The SDL with a type that has the name of Rolecall's interface. */
export const DIRECTORY_WITH_USER_SDL = `${DIRECTORY_SDL}\n${read('user.graphql')}`;

interface Reference {
  readonly id: string;
}

function references(_query: unknown, { ids }: { readonly ids: readonly string[] }): Reference[] {
  return ids.map((id) => ({ id }));
}

const schema = buildSubgraphSchema({
  // The gateway queries only what is in the supergraph.
  typeDefs: parse(DIRECTORY_WITH_USER_SDL),
  resolvers: {
    Query: {
      onCall: references,
      reviews: references,
      me: () => ({ id: 'somebody', nickname: 'Somebody' }),
    },
    DatadogUser: { team: ({ id }: Reference) => `Team of ${id}` },
    Role: { owner: ({ id }: Reference) => `Owner of ${id}`, reviewedAt: () => '2026-02-03' },
  },
});

/** Another team's subgraph. It refers to Datadog's users and roles by their IDs, and adds fields to them. */
export async function startDirectory() {
  const seen: IncomingHttpHeaders[] = [];
  const yoga = createYoga({ schema, logging: false });
  const server = createServer((request, response) => {
    seen.push(request.headers);
    yoga(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    /** The headers of each request. */
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
