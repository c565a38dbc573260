import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import {
  ApolloGateway,
  type GraphQLDataSourceProcessOptions,
  RemoteGraphQLDataSource,
} from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

/** The caller's headers for Rolecall: the JWT, if Rolecall has JWT_ISSUER, and the keys, with CREDENTIALS=request. */
const CREDENTIALS = [
  'authorization',
  'dd-api-key',
  'dd-application-key',
  'dd-site',
  'x-heygen-api-key',
];

const token = process.env['ROLECALL_TOKEN'];

interface Context {
  /** The caller's headers. */
  readonly headers?: IncomingHttpHeaders;
}

class Rolecall extends RemoteGraphQLDataSource<Context> {
  override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<Context>) {
    for (const name of CREDENTIALS) {
      const value = context.headers?.[name];
      if (typeof value === 'string') request.http?.headers.set(name, value);
    }
    // Instead of the caller's token: one of Rolecall's CLIENT_TOKENS, if it has any.
    if (token) request.http?.headers.set('authorization', `Bearer ${token}`);
  }
}

const server = new ApolloServer<Context>({
  gateway: new ApolloGateway({
    supergraphSdl: readFileSync(process.env['SUPERGRAPH'] ?? 'supergraph.graphql', 'utf8'),
    // Only Rolecall may get callers' tokens and vendors' keys.
    buildService: ({ name, url = '' }) =>
      name === 'rolecall' ? new Rolecall({ url }) : new RemoteGraphQLDataSource({ url }),
  }),
});

const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env['PORT'] ?? 4000) },
  context: async ({ req }) => ({ headers: req.headers }),
});
console.log(`Apollo Gateway serves ${url}`);
