import { collectSubFields } from '@graphql-tools/utils';
import {
  type FieldNode,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/**
 * Does the operation ask this object for more than its `id`? A reference need not be resolved otherwise.
 * @param path fields to follow first: `asksBeyondId(info, 'permission')` asks about `permission` below this field
 */
export function asksBeyondId(info: GraphQLResolveInfo, ...path: readonly string[]): boolean {
  const { fieldNodes, variableValues } = info;
  if (path.length === 0 && fieldNodes.some(({ selectionSet }) => isPlainlyBeyond(selectionSet))) {
    return true;
  }
  // For all objects of a list the nodes are the same array, and in a request the variables the same object.
  const byVariables = looks.get(fieldNodes) ?? new WeakMap<object, boolean>();
  looks.set(fieldNodes, byVariables);
  const known = byVariables.get(variableValues);
  if (known !== undefined) return known;
  const asks = looksBeyondId(info, path);
  byVariables.set(variableValues, asks);
  return asks;
}

/** What a look at fragments and variables has found, which is always the same path's for the same nodes. */
const looks = new WeakMap<readonly FieldNode[], WeakMap<object, boolean>>();

function looksBeyondId(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  let type = getNamedType(info.returnType);
  let nodes: readonly FieldNode[] = info.fieldNodes;
  for (const step of path) {
    nodes = subFields(info, type, nodes).filter((node) => node.name.value === step);
    if (nodes.length === 0 || !isObjectType(type)) return false;
    type = getNamedType(type.getFields()[step]?.type ?? type);
  }
  return subFields(info, type, nodes).some(isBeyondId);
}

/** What needs no look at fragments and variables, which takes longer. */
function isPlainlyBeyond(set: SelectionSetNode | undefined): boolean {
  return (set?.selections ?? []).some(
    (selection) =>
      selection.kind === Kind.FIELD && !selection.directives?.length && isBeyondId(selection),
  );
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
