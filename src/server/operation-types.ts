import { GraphQLError, type OperationDefinitionNode, type ValidationContext } from 'graphql';
import type { ServerPlugin } from './plugin.ts';

/** Refuses mutations and subscriptions, which graphql-js 16 leaves to execution. */
export const operationTypes: ServerPlugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(KnownOperationTypesRule);
  },
};

function KnownOperationTypesRule(context: ValidationContext) {
  return {
    OperationDefinition(node: OperationDefinitionNode) {
      if (context.getSchema().getRootType(node.operation)) return;
      const message = `This graph has no ${node.operation}s. It answers queries only.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
