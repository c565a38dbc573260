import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  type ValidationContext,
  type validate,
} from 'graphql';
import type { ServerPlugin } from '../plugin.ts';

/** Hides the schema: refuses introspection and a subgraph's `_service`, and removes suggestions from messages. */
export const hiddenSchema: ServerPlugin = {
  onValidate({ addValidationRule, validateFn, setValidationFn }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
    addValidationRule(NoServiceRule);
    const inner = validateFn as typeof validate;
    setValidationFn(((schema, document, rules, options) =>
      inner(schema, document, rules, { ...options, hideSuggestions: true })) as typeof validate);
  },
};

function NoServiceRule(context: ValidationContext) {
  return {
    Field(node: { readonly name: { readonly value: string } }) {
      if (node.name.value !== '_service') return;
      context.reportError(
        new GraphQLError(
          'Introspection is off. Compose this subgraph from the file schema/subgraph.graphql.',
        ),
      );
    },
  };
}
