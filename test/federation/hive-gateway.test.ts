import { describeCallerTokens } from './support/caller-tokens.ts';
import { composeByGuild } from './support/compose.ts';
import { describeRequestCredentials } from './support/request-credentials.ts';
import { describeServerCredentials } from './support/server-credentials.ts';
import type { GatewayKind } from './support/stack.ts';

const hiveGateway: GatewayKind = {
  name: 'Hive Gateway',
  compose: composeByGuild,
  command: ({ port }) => [
    'node_modules/@graphql-hive/gateway/dist/bin.js',
    'supergraph',
    '--config-path=gateway.config.ts',
    '--host=127.0.0.1',
    `--port=${port}`,
  ],
  // The paths have no index, and each field has an error.
  entityPaths: (list, _index, fields) => fields.map((field) => [list, field]),
  brokenPromise: (path) => ({ [path]: 'INTERNAL_SERVER_ERROR' }),
  refusalCode: ({ code }) => code,
};

describeRequestCredentials(hiveGateway);
describeServerCredentials(hiveGateway);
describeCallerTokens(hiveGateway);
