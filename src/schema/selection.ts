import { collectSubFields } from '@graphql-tools/utils';
import {
  type FieldNode,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Context } from '../context.ts';

/**
 * Does the operation select more than the `id` of this field's objects? If not, they need not be loaded.
 * @param path fields to follow first: `selectsMoreThanId(context, info, 'permission')` is about `permission` below this
 * field. The path must be the same at each call for a field, because results are remembered by field.
 */
export function selectsMoreThanId(
  { execution: { moreThanId } }: Context,
  info: GraphQLResolveInfo,
  ...path: readonly string[]
): boolean {
  const { fieldNodes } = info;
  if (path.length === 0 && fieldNodes.some(({ selectionSet }) => isPlainlyMore(selectionSet))) {
    return true;
  }
  // The nodes are the same array for all objects of a list.
  const known = moreThanId.get(fieldNodes);
  if (known !== undefined) return known;
  const isMore = followSelections(info, path);
  moreThanId.set(fieldNodes, isMore);
  return isMore;
}

/** Follows fragments, and reads the variables of directives. */
function followSelections(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  let type = getNamedType(info.returnType);
  let nodes: readonly FieldNode[] = info.fieldNodes;
  for (const step of path) {
    nodes = subFields(info, type, nodes).filter((node) => node.name.value === step);
    if (nodes.length === 0 || !isObjectType(type)) return false;
    type = getNamedType(type.getFields()[step]?.type ?? type);
  }
  return subFields(info, type, nodes).some(isMoreThanId);
}

/** The fast check: finds fields that need neither fragments nor variables to be read. */
function isPlainlyMore(set: SelectionSetNode | undefined): boolean {
  return (set?.selections ?? []).some(
    (selection) =>
      selection.kind === Kind.FIELD && !selection.directives?.length && isMoreThanId(selection),
  );
}

function isMoreThanId({ name: { value } }: FieldNode): boolean {
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
