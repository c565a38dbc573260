import { defineConfig } from '@graphql-hive/gateway';

/** The caller's headers for Rolecall: the JWT, if Rolecall has JWT_ISSUER, and the keys, with CREDENTIALS=request. */
const CREDENTIALS = [
  'authorization',
  'dd-api-key',
  'dd-application-key',
  'dd-site',
  'x-heygen-api-key',
];

const token = process.env['ROLECALL_TOKEN'];

export const gatewayConfig = defineConfig({
  supergraph: process.env['SUPERGRAPH'] ?? 'supergraph.graphql',
  propagateHeaders: {
    fromClientToSubgraphs({ request, subgraphName }) {
      // Only Rolecall may get callers' tokens and vendors' keys.
      if (subgraphName !== 'rolecall') return {};
      const credentials = CREDENTIALS.map((name) => [name, request.headers.get(name)]);
      return {
        ...Object.fromEntries(credentials),
        // Instead of the caller's token: one of Rolecall's CLIENT_TOKENS, if it has any.
        ...(token && { authorization: `Bearer ${token}` }),
      };
    },
  },
});
