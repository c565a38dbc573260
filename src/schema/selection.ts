import { collectSubFields } from '@graphql-tools/utils';
import {
  type FieldNode,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';

/**
 * Does the operation ask this object for more than its `id`? A reference need not be resolved otherwise.
 * @param path fields to follow first: `asksBeyondId(info, 'permission')` asks about `permission` below this field
 */
export function asksBeyondId(info: GraphQLResolveInfo, ...path: readonly string[]): boolean {
  let type = getNamedType(info.returnType);
  let nodes: readonly FieldNode[] = info.fieldNodes;
  for (const step of path) {
    nodes = subFields(info, type, nodes).filter((node) => node.name.value === step);
    if (nodes.length === 0 || !isObjectType(type)) return false;
    type = getNamedType(type.getFields()[step]?.type ?? type);
  }
  return (
    nodes.some(({ selectionSet }) => selectionSet?.selections.some(isPlainlyBeyondId)) ||
    subFields(info, type, nodes).some(isBeyondId)
  );
}

/** What needs no look at fragments and variables, which takes longer. */
function isPlainlyBeyondId(selection: SelectionNode): boolean {
  return selection.kind === Kind.FIELD && !selection.directives?.length && isBeyondId(selection);
}

function isBeyondId({ name: { value } }: FieldNode): boolean {
  return value !== 'id' && value !== '__typename';
}

/** The fields selected below `nodes`, fragments, `@skip` and `@include` applied. */
function subFields(
  info: GraphQLResolveInfo,
  type: ReturnType<typeof getNamedType>,
  nodes: readonly FieldNode[],
): FieldNode[] {
  if (!isObjectType(type)) return [];
  const { fields } = collectSubFields(
    info.schema,
    info.fragments,
    info.variableValues,
    type,
    nodes as FieldNode[],
  );
  return [...fields.values()].flat();
}
