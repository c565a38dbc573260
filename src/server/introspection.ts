import { NoSchemaIntrospectionCustomRule, type validate } from 'graphql';
import type { ServerPlugin } from './plugin.ts';

/** Hides the schema: introspection is refused, and messages suggest no names of it. */
export const hiddenSchema: ServerPlugin = {
  onValidate({ addValidationRule, validateFn, setValidationFn }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
    const inner = validateFn as typeof validate;
    setValidationFn(((schema, document, rules, options) =>
      inner(schema, document, rules, { ...options, hideSuggestions: true })) as typeof validate);
  },
};
