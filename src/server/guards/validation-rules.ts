import {
  type FieldNode,
  GraphQLError,
  type OperationDefinitionNode,
  type ValidationContext,
} from 'graphql';
import type { ServerPlugin } from '../plugin.ts';

/** JavaScript treats an object with this member as a promise when it is awaited. */
const RESERVED = 'then';

/** Refuses what graphql-js 16 would only find during execution, or not at all. */
export const validationRules: ServerPlugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(KnownOperationTypesRule);
    addValidationRule(NoThenRule);
  },
};

/** Refuses mutations and subscriptions. */
function KnownOperationTypesRule(context: ValidationContext) {
  return {
    OperationDefinition(node: OperationDefinitionNode) {
      if (context.getSchema().getRootType(node.operation)) return;
      const message = `This graph has no ${node.operation}s, only queries.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}

/** Refuses the one alias that no response can contain. */
function NoThenRule(context: ValidationContext) {
  return {
    Field(node: FieldNode) {
      if (node.alias?.value !== RESERVED) return;
      const message = `The alias \`${RESERVED}\` is reserved. Choose another one.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
