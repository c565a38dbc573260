import { collectSubFields, MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldConfig,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Context } from '../../context.ts';
import { type Leaf, LeafList, LeafSelection } from './leaf-list.ts';

/** What the second field of a list is called; no name of ours ends so. */
const SUFFIX = '__leaves';

type Field = GraphQLFieldConfig<unknown, Context>;
type Fragments = Parameters<typeof collectSubFields>[1];

const leafList = new GraphQLScalarType({ name: LeafList.name });
const selections = new WeakMap<FieldNode, LeafSelection>();

/**
 * The schema with a second field beside each that lists objects: it gives the list as one leaf, a LeafList.
 * Roles share their permissions: to complete and to write each again for each role would cost more than all the rest.
 */
export function withLeafLists(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_TYPE](type) {
      const config = type.toConfig();
      const seconds = Object.entries(config.fields)
        .filter(([, field]) => listsObjects(field.type))
        .map(([name, field]) => [name + SUFFIX, asLeafList(name, field)]);
      return new GraphQLObjectType({
        ...config,
        fields: { ...config.fields, ...Object.fromEntries(seconds) },
      });
    },
  });
}

function listsObjects(type: GraphQLOutputType): boolean {
  const nullable = getNullableType(type);
  return isListType(nullable) && isObjectType(getNullableType(nullable.ofType));
}

function asLeafList(fieldName: string, field: Field): Field {
  return {
    ...field,
    type: isNonNullType(field.type) ? new GraphQLNonNull(leafList) : leafList,
    resolve(source, args, context, info) {
      const selection = selections.get(info.fieldNodes[0] as FieldNode) as LeafSelection;
      // The resolver looks at what is selected below a field of this type.
      const { type: returnType } = info.parentType.getFields()[fieldName] as GraphQLField<
        unknown,
        Context
      >;
      const list = (field.resolve ?? defaultFieldResolver)(source, args, context, {
        ...info,
        fieldName,
        returnType,
      });
      return list instanceof Promise
        ? list.then((objects) => selection.write(objects, context))
        : selection.write(list, context);
    },
  };
}

/**
 * The document with these second fields in place of lists of which it asks leaves only.
 * @param schema made by `withLeafLists`
 * @param document valid for the schema without them
 */
export function askForLeafLists(schema: GraphQLSchema, document: DocumentNode): DocumentNode {
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
        // What is selected more than once is merged.
        const isAlone = occurrences.get(occurrence(parent.name, node)) === 1;
        if (!parent.getFields()[second] || !isAlone) return undefined;
        const leaves = leavesOf(schema, fragments, type, node);
        if (leaves === undefined) return undefined;
        const asLeaf: FieldNode = {
          ...node,
          alias: node.alias ?? node.name,
          name: { kind: Kind.NAME, value: second },
        };
        selections.set(asLeaf, new LeafSelection(type.name, leaves));
        return asLeaf;
      },
    }),
  );
}

/** How often each type's objects are asked for each name of an answer; an interface's count for its types. */
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

/** What is asked of the objects of a list; undefined where it is not leaves only, always and without a resolver. */
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

/** `@skip` and `@include` need variables, which are not known before there is a request. */
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
