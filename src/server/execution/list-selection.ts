import { collectFields, collectSubFields } from '@graphql-tools/utils';
import {
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';

/** What `collectFields` needs. */
interface Selecting {
  readonly schema: GraphQLSchema;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly variableValues: Record<string, unknown>;
}

type Collected = ReturnType<typeof collectFields>['fields'];

/** An operation's selection on a type, as far as the node limit needs it. */
export class ListSelection {
  /** The fields that return lists or objects. */
  readonly fields: readonly ListField[];
  /** The properties that selected leaves return unchanged, and how often each is selected. */
  readonly leaves: readonly (readonly [name: string, times: number])[];
  /** Are there lists here or below? */
  readonly hasLists: boolean;

  constructor(selecting: Selecting, type: GraphQLObjectType, collected: Collected) {
    this.fields = Array.from(collected).flatMap(([responseName, nodes]) => {
      const field = type.getFields()[(nodes[0] as FieldNode).name.value];
      // Introspection fields are not the type's own, and have limits of their own.
      if (!field || !(isList(field.type) || isCompositeType(getNamedType(field.type)))) return [];
      return [new ListField(selecting, type, field, responseName, nodes)];
    });
    const leaves = new Map<string, number>();
    for (const [node] of collected.values()) {
      const field = type.getFields()[(node as FieldNode).name.value];
      if (!field || isList(field.type) || !isLeafType(getNamedType(field.type))) continue;
      if (isPlain(field)) leaves.set(field.name, (leaves.get(field.name) ?? 0) + 1);
    }
    this.leaves = [...leaves];
    this.hasLists = this.fields.some((field) => field.hasLists);
  }

  get isEmpty(): boolean {
    return this.fields.length === 0 && this.leaves.length === 0;
  }

  /** How many of the selected leaves are errors in this object. */
  countErrors(object: Readonly<Record<string, unknown>>): number {
    let count = 0;
    for (const [name, times] of this.leaves) {
      const value = object[name];
      // `typeof` first, because most values are strings.
      if (typeof value === 'object' && value instanceof Error) count += times;
    }
    return count;
  }
}

/** A selected field that returns a list or objects. */
export class ListField {
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly responseName: string;
  readonly nodes: readonly FieldNode[];
  /** The selections on its objects, by type. */
  readonly below: ReadonlyMap<string, ListSelection>;
  readonly isEmptyBelow: boolean;
  /** The selection on a list's objects, if it has only leaves. */
  readonly leavesBelow: ListSelection | undefined;
  readonly hasLists: boolean;

  constructor(
    selecting: Selecting,
    parentType: GraphQLObjectType,
    field: GraphQLField<unknown, unknown>,
    responseName: string,
    nodes: readonly FieldNode[],
  ) {
    this.parentType = parentType;
    this.field = field;
    this.responseName = responseName;
    this.nodes = nodes;
    const { schema, fragments, variableValues } = selecting;
    this.below = new Map(
      objectTypesOf(schema, field.type).map((type) => {
        const { fields } = collectSubFields(schema, fragments, variableValues, type, [...nodes]);
        return [type.name, new ListSelection(selecting, type, fields)];
      }),
    );
    const below = [...this.below.values()];
    this.isEmptyBelow = below.every(({ isEmpty }) => isEmpty);
    this.leavesBelow =
      listsObjects(field.type) && below[0]?.fields.length === 0 ? below[0] : undefined;
    this.hasLists = isList(field.type) || below.some(({ hasLists }) => hasLists);
  }
}

/** Only for operations without directives, whose selections do not depend on variables. */
const known = new WeakMap<OperationDefinitionNode, ListSelection>();

/** @throws {GraphQLError} if a directive's argument is invalid */
export function listSelectionOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: Record<string, unknown>,
): ListSelection {
  const before = known.get(operation);
  if (before !== undefined) return before;
  const type = schema.getRootType(operation.operation);
  if (!type) throw new Error(`no ${operation.operation}`);
  const dependsOnVariables = document.loc?.source.body.includes('@') ?? true;
  const selecting = {
    schema,
    fragments: fragmentsOf(document),
    variableValues: dependsOnVariables ? variableValues : {},
  };
  const { fields } = collectFields(
    schema,
    selecting.fragments,
    selecting.variableValues,
    type,
    operation.selectionSet,
  );
  const selection = new ListSelection(selecting, type, fields);
  if (!dependsOnVariables) known.set(operation, selection);
  return selection;
}

/** The document's fragments by their names. */
export function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  return Object.fromEntries(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
}

function objectTypesOf(schema: GraphQLSchema, output: GraphQLOutputType) {
  const type = getNamedType(output);
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

/** Does the field return a property unchanged? */
export function isPlain({ resolve }: GraphQLField<unknown, unknown>): boolean {
  return resolve === undefined || resolve === defaultFieldResolver;
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

/** Does a field of this type list objects of one type? */
export function listsObjects(type: GraphQLOutputType): boolean {
  const nullable = getNullableType(type);
  return isListType(nullable) && isObjectType(getNullableType(nullable.ofType));
}
