import { defineConfig } from '@graphql-hive/gateway';

/** The headers that carry a caller's keys, where Rolecall runs with CREDENTIALS=request. */
const CREDENTIALS = ['dd-api-key', 'dd-application-key', 'dd-site', 'x-heygen-api-key'];

const token = process.env['ROLECALL_TOKEN'];

export const gatewayConfig = defineConfig({
  supergraph: process.env['SUPERGRAPH'] ?? 'supergraph.graphql',
  propagateHeaders: {
    fromClientToSubgraphs({ request, subgraphName }) {
      // Only Rolecall may get vendors' keys.
      if (subgraphName !== 'rolecall') return {};
      const keys = CREDENTIALS.map((name) => [name, request.headers.get(name)]);
      return {
        ...Object.fromEntries(keys),
        // One of Rolecall's CLIENT_TOKENS, if it has any.
        ...(token && { authorization: `Bearer ${token}` }),
      };
    },
  },
});
