import { type FieldNode, GraphQLError, type ValidationContext } from 'graphql';
import type { ServerPlugin } from './plugin.ts';

/** A JavaScript object with a member of this name is taken for a promise, wherever it is awaited. */
const RESERVED = 'then';

/** Refuses the one alias that no answer can carry. */
export const responseNames: ServerPlugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoThenRule);
  },
};

function NoThenRule(context: ValidationContext) {
  return {
    Field(node: FieldNode) {
      if (node.alias?.value !== RESERVED) return;
      const message = `A field cannot be called \`${RESERVED}\` in the answer. Give it another alias.`;
      context.reportError(new GraphQLError(message, { nodes: node }));
    },
  };
}
