import { collectSubFields, MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldConfig,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Context } from '../../context.ts';
import { listsObjects } from './list-selection.ts';
import { type Leaf, type LeafSelection, SerializedList } from './serialized-list.ts';
import { ExecutionState } from './state.ts';

/** The suffix of a list's second field. No other name in the schema or in a compiled document ends like this. */
const SUFFIX = '__serialized';

type Field = GraphQLFieldConfig<unknown, Context>;
type Fragments = Parameters<typeof collectSubFields>[1];

const serializedList = new GraphQLScalarType({ name: SerializedList.name });
/** By the node of a second field. */
const selections = new WeakMap<FieldNode, LeafSelection>();

/**
 * Adds a second field for each list of objects, which returns the list as one leaf, a SerializedList. Roles share
 * permissions, and completing and serializing these again for each role would cost more than everything else.
 */
export function withSerializedLists(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_TYPE](type) {
      const config = type.toConfig();
      const seconds = Object.entries(config.fields)
        .filter(([, field]) => listsObjects(field.type))
        .map(([name, field]) => [name + SUFFIX, serializedListField(name, field)]);
      return new GraphQLObjectType({
        ...config,
        fields: { ...config.fields, ...Object.fromEntries(seconds) },
      });
    },
  });
}

function serializedListField(fieldName: string, field: Field): Field {
  return {
    ...field,
    type: isNonNullType(field.type) ? new GraphQLNonNull(serializedList) : serializedList,
    resolve(source, args, context, info) {
      const selection = selections.get(info.fieldNodes[0] as FieldNode) as LeafSelection;
      // The resolver inspects the selection, and expects the original type.
      const { type: returnType } = info.parentType.getFields()[fieldName] as GraphQLField<
        unknown,
        Context
      >;
      const { lists } = ExecutionState.of(context);
      const list = (field.resolve ?? defaultFieldResolver)(source, args, context, {
        ...info,
        fieldName,
        returnType,
      });
      return list instanceof Promise
        ? list.then((objects) => lists.serialize(selection, objects))
        : lists.serialize(selection, list);
    },
  };
}

/**
 * Replaces lists on whose objects only leaves are selected by their second fields.
 * @param schema made by `withSerializedLists`
 * @param document valid for the schema without them
 */
export function selectSerializedLists(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
  const fragments = Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  const occurrences = countOccurrences(schema, document);
  const typeInfo = new TypeInfo(schema);

  return visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const parent = typeInfo.getParentType();
        const type = getNamedType(typeInfo.getType());
        if (!isObjectType(parent) || !isObjectType(type)) return undefined;
        const second = node.name.value + SUFFIX;
        // Fields that are selected more than once are merged, which this does not support.
        const isAlone = occurrences.get(occurrence(parent.name, node)) === 1;
        if (!parent.getFields()[second] || !isAlone) return undefined;
        const leaves = leavesOf(schema, fragments, type, node);
        if (leaves === undefined) return undefined;
        const selected: FieldNode = {
          ...node,
          alias: node.alias ?? node.name,
          name: { kind: Kind.NAME, value: second },
        };
        selections.set(selected, { typename: type.name, leaves });
        return selected;
      },
    }),
  );
}

/** How often each response name is selected on each object type; an interface counts for all its types. */
function countOccurrences(schema: GraphQLSchema, document: DocumentNode) {
  const occurrences = new Map<string, number>();
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const parent = typeInfo.getParentType();
        if (!parent) return;
        const types = isObjectType(parent) ? [parent] : schema.getPossibleTypes(parent);
        for (const { name } of types) {
          const key = occurrence(name, node);
          occurrences.set(key, (occurrences.get(key) ?? 0) + 1);
        }
      },
    }),
  );
  return occurrences;
}

function occurrence(type: string, { alias, name }: FieldNode): string {
  return `${type} ${(alias ?? name).value}`;
}

/** The selection on the objects of a list; undefined unless it has only leaves, without conditions and resolvers. */
function leavesOf(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLObjectType,
  node: FieldNode,
): readonly Leaf[] | undefined {
  if (hasDirectives(node.selectionSet, fragments)) return undefined;
  const { fields } = collectSubFields(schema, fragments, {}, type, [node]);
  const leaves = Array.from(fields, ([responseName, [first]]) => {
    const { value: name } = (first as FieldNode).name;
    if (name === '__typename') return { responseName, name, isNonNull: true };
    const field = type.getFields()[name];
    const isPlain = !field?.resolve || field.resolve === defaultFieldResolver;
    if (!field || !isPlain || !isLeafType(getNamedType(field.type))) return undefined;
    return { responseName, name, isNonNull: isNonNullType(field.type) };
  });
  return leaves.every((leaf) => leaf !== undefined) ? leaves : undefined;
}

/** `@skip` and `@include` may depend on variables, which differ between requests. */
function hasDirectives(set: SelectionSetNode | undefined, fragments: Fragments): boolean {
  return (set?.selections ?? []).some((selection) => {
    if (selection.directives?.length) return true;
    const below =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? fragments[selection.name.value]?.selectionSet
        : selection.selectionSet;
    return hasDirectives(below, fragments);
  });
}
