import {
  type ASTNode,
  BREAK,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  visit,
} from 'graphql';

/** Safe, although they contain an underscore: no other two names joined by one begin with it. */
const UNDERSCORED_FIELDS: ReadonlySet<string> = new Set(['__typename', '_entities']);
const CONDITIONS: ReadonlySet<string> = new Set(['skip', 'include']);

/**
 * Does graphql-jit 0.8.9 respond to this operation as graphql-js does? Not if
 * - a selection that is not a leaf has a directive: it loses fields, and returns fields that are skipped;
 * - a field with a condition is selected twice: it changes the order of the response;
 * - a condition may be null: it reports no error;
 * - a literal list or object contains variables: it accepts null in a list, and loses variables in an object;
 * - a name in the response contains an underscore: it joins names with underscores, and confuses fields;
 * - a name contains `__`: introspection would show the second fields of lists, and objects would lose `__proto__`;
 * - **a literal string contains `__`**: it replaces markers that begin with `__` in its generated code, including the
 *   code for the string, and executes what follows such a marker.
 * @param document one operation and its fragments, valid
 */
export function isCompilable(document: DocumentNode): boolean {
  const nonNull = nonNullVariables(document);
  const names = new Map<string, number>();
  const conditional: string[] = [];
  let isSafe = true;
  visit(document, {
    enter(node, _key, _parent, _path, ancestors) {
      isSafe = isSafeNode(node, nonNull) && !(node.kind === Kind.VARIABLE && isWithin(ancestors));
      if (!isSafe) return BREAK;
      if (node.kind !== Kind.FIELD) return undefined;
      const name = responseName(node);
      names.set(name, (names.get(name) ?? 0) + 1);
      if (node.directives?.length) conditional.push(name);
      return undefined;
    },
  });
  return isSafe && conditional.every((name) => names.get(name) === 1);
}

function responseName({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function isSafeNode(node: ASTNode, nonNull: ReadonlySet<string>): boolean {
  switch (node.kind) {
    case Kind.NAME:
      return node.value === '__typename' || !node.value.includes('__');
    case Kind.STRING:
      return !node.value.includes('__');
    case Kind.FIELD: {
      const name = responseName(node);
      if (name.includes('_') && !UNDERSCORED_FIELDS.has(name)) return false;
      const { directives = [], selectionSet } = node;
      if (selectionSet) return directives.length === 0;
      return directives.every((directive) => isSafeCondition(directive, nonNull));
    }
    default:
      return !('directives' in node && node.directives?.length);
  }
}

function isSafeCondition(
  { name, arguments: args = [] }: DirectiveNode | ConstDirectiveNode,
  nonNull: ReadonlySet<string>,
): boolean {
  if (!CONDITIONS.has(name.value)) return false;
  return args.every(
    ({ value }) =>
      value.kind === Kind.BOOLEAN ||
      (value.kind === Kind.VARIABLE && nonNull.has(value.name.value)),
  );
}

function isWithin(ancestors: readonly (ASTNode | readonly ASTNode[])[]): boolean {
  return ancestors.some(
    (node) => 'kind' in node && (node.kind === Kind.LIST || node.kind === Kind.OBJECT),
  );
}

function nonNullVariables({ definitions }: DocumentNode): ReadonlySet<string> {
  return new Set(
    definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? (definition.variableDefinitions ?? [])
            .filter(({ type }) => type.kind === Kind.NON_NULL_TYPE)
            .map(({ variable }) => variable.name.value)
        : [],
    ),
  );
}
