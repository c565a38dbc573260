import { describeCallerTokens } from './support/caller-tokens.ts';
import { composeByApollo } from './support/compose.ts';
import { describeRequestCredentials } from './support/request-credentials.ts';
import { describeServerCredentials } from './support/server-credentials.ts';
import type { GatewayKind } from './support/stack.ts';

const apolloGateway: GatewayKind = {
  name: 'Apollo Gateway',
  compose: composeByApollo,
  command: () => ['apollo-gateway.ts'],
  entityPaths: (list, index) => [[list, index]],
  // The gateway reports them in the response's extensions, not in its errors.
  brokenPromise: () => ({}),
  // A response with another status than 200 is shown unchanged.
  refusalCode: ({ response }) => response.body.errors[0].extensions.code,
};

describeRequestCredentials(apolloGateway);
describeServerCredentials(apolloGateway);
describeCallerTokens(apolloGateway);
