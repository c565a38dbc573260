import { defineConfig } from '@graphql-hive/gateway';

/** The headers that carry a caller's keys, where Rolecall runs with CREDENTIALS=request. */
const CREDENTIALS = ['dd-api-key', 'dd-application-key', 'dd-site', 'x-heygen-api-key'];

const token = process.env['ROLECALL_TOKEN'];

export const gatewayConfig = defineConfig({
  supergraph: process.env['SUPERGRAPH'] ?? 'supergraph.graphql',
  propagateHeaders: {
    fromClientToSubgraphs({ request, subgraphName }) {
      // Vendors' keys are for Rolecall alone: no other subgraph gets them.
      if (subgraphName !== 'rolecall') return {};
      const keys = CREDENTIALS.map((name) => [name, request.headers.get(name)]);
      return {
        ...Object.fromEntries(keys),
        // One of Rolecall's CLIENT_TOKENS, where it has any.
        ...(token && { authorization: `Bearer ${token}` }),
      };
    },
  },
});
