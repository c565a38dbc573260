import {
  defaultFieldResolver,
  defaultTypeResolver,
  type ExecutionArgs,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNullableType,
  getVariableValues,
  isAbstractType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql';
import type { Context } from '../../context.ts';
import { RolecallError } from '../../errors.ts';
import { LastDerived } from '../../schema/reused-list.ts';
import {
  fragmentsOf,
  isPlain,
  type ListField,
  type ListSelection,
  listSelectionOf,
} from './list-selection.ts';
import { caught, isPromise, type MaybePromise, settle, then } from './maybe-promise.ts';
import { ExecutionState } from './state.ts';

type Source = Readonly<Record<string, unknown>>;
type OperationInfo = Omit<
  GraphQLResolveInfo,
  'fieldName' | 'fieldNodes' | 'returnType' | 'parentType' | 'path'
>;

/** Any count past the limit. */
const TOO_MANY = Number.POSITIVE_INFINITY;

/**
 * Counts the list items of the response before it exists. An empty list counts as one item, and so does a value that is
 * an error. `Infinity` past the limit, 0 without lists. Calls only the resolvers of lists and objects, each once per
 * object and selection. Execution finds what they load in the request's loaders. Failures count as nothing: execution
 * reports them.
 */
export async function countListItems(
  { schema, document, rootValue, contextValue, variableValues }: ExecutionArgs,
  operation: OperationDefinitionNode,
  limit: number,
): Promise<number> {
  const variables = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variableValues ?? {},
  );
  if (variables.coerced === undefined) return 0;
  const selection = listSelectionOf(schema, document, operation, variables.coerced);
  if (!selection.hasLists) return 0;
  const info = {
    schema,
    fragments: fragmentsOf(document),
    rootValue,
    operation,
    variableValues: variables.coerced,
  };
  // A state of its own, because execution reports partial errors.
  const execution = ExecutionState.of(contextValue as Context).fresh();
  const context: Context = { ...(contextValue as Context), execution };
  return new Walk(info, context, limit).count(selection, rootValue);
}

const lastErrors = new LastDerived<ListSelection, number>();

class Walk {
  readonly #info: OperationInfo;
  readonly #context: Context;
  readonly #limit: number;
  readonly #counts = new Map<ListSelection, Map<unknown, MaybePromise<number>>>();
  #isOver = false;

  constructor(info: OperationInfo, context: Context, limit: number) {
    this.#info = info;
    this.#context = context;
    this.#limit = limit;
  }

  /** Counts the items below one object. Neither this nor what it calls throws or rejects. */
  count(selection: ListSelection, source: unknown): MaybePromise<number> {
    let counts = this.#counts.get(selection);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(selection, counts);
    }
    const known = counts.get(source);
    if (known !== undefined) return known;
    const count = this.#sum(
      selection.countErrors(source as Source),
      selection.fields.map((field) => this.#field(field, source)),
    );
    counts.set(source, count);
    return count;
  }

  #field(selected: ListField, source: unknown): MaybePromise<number> {
    if (this.#isOver) return TOO_MANY;
    const { field, nodes, parentType, responseName } = selected;
    const info: GraphQLResolveInfo = {
      ...this.#info,
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
      parentType,
      path: { prev: undefined, key: responseName, typename: parentType.name },
    };
    return settle(
      () => {
        const args = getArgumentValues(field, nodes[0] as never, info.variableValues);
        return (field.resolve ?? defaultFieldResolver)(source, args, this.#context, info);
      },
      (value) => this.#value(selected, field.type, value, info),
    );
  }

  #value(
    selected: ListField,
    type: GraphQLOutputType,
    value: unknown,
    info: GraphQLResolveInfo,
  ): MaybePromise<number> {
    if (value instanceof Error) return isPlain(selected.field) || isInvalid(value) ? 1 : 0;
    if (value === null || value === undefined) return 0;
    const nullable = getNullableType(type);
    if (isListType(nullable)) return this.#list(selected, nullable.ofType, value, info);
    if (isObjectType(nullable)) return this.#object(selected, nullable.name, value);
    if (!isAbstractType(nullable)) return 0;
    return settle(
      () => (nullable.resolveType ?? defaultTypeResolver)(value, this.#context, info, nullable),
      (name) => this.#object(selected, String(name), value),
    );
  }

  #list(
    selected: ListField,
    type: GraphQLOutputType,
    list: unknown,
    info: GraphQLResolveInfo,
  ): MaybePromise<number> {
    if (!Array.isArray(list)) return 0;
    const items = list.some(isPromise) ? list.map(caught) : list;
    const length = this.#limited(list.length || 1);
    if (length === TOO_MANY || selected.isEmptyBelow) return length;
    const { leavesBelow } = selected;
    if (leavesBelow && items.every(isObject)) {
      return this.#limited(
        length + lastErrors.get(list, leavesBelow, () => countErrors(leavesBelow, items)),
      );
    }
    return this.#sum(
      length,
      items.map((item) => then(item, (value) => this.#value(selected, type, value, info))),
    );
  }

  #object({ below }: ListField, typename: string, value: unknown): MaybePromise<number> {
    const selection = below.get(typename);
    return selection === undefined ? 0 : this.count(selection, value);
  }

  #sum(own: number, counts: readonly MaybePromise<number>[]): MaybePromise<number> {
    if (counts.some(isPromise)) return Promise.all(counts).then((all) => this.#sum(own, all));
    return this.#limited((counts as readonly number[]).reduce((sum, count) => sum + count, own));
  }

  #limited(count: number): number {
    if (count <= this.#limit) return count;
    this.#isOver = true;
    return TOO_MANY;
  }
}

function countErrors(leaves: ListSelection, objects: readonly Source[]): number {
  return objects.reduce((sum, object) => sum + leaves.countErrors(object), 0);
}

/** Has the vendor sent a value of the wrong type, rather than failed? */
function isInvalid(error: Error): boolean {
  return error instanceof RolecallError && error.extensions.code === 'UPSTREAM_INVALID_VALUE';
}

function isObject(value: unknown): value is Source {
  return (
    typeof value === 'object' && value !== null && !(value instanceof Error || isPromise(value))
  );
}
