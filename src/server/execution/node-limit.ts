import { type GraphQLSchema, getNullableType, isListType, isObjectType } from 'graphql';
import type { Context } from '../../context.ts';
import { refusal } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/** Counts the list items that an operation returns, where a resolver returns them. */
class NodeCount {
  readonly #limit: number;
  #nodes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** For an operation that is executed once more. */
  restart(): void {
    this.#nodes = 0;
  }

  get isExceeded(): boolean {
    return this.#nodes > this.#limit;
  }

  /** @throws {GraphQLError} past the limit, which ends the field and so all that is below it */
  add(nodes: number): void {
    this.#nodes += nodes;
    if (this.isExceeded) throw this.refusal();
  }

  refusal() {
    return refusal(
      400,
      'TOO_MANY_NODES',
      `The answer has more than ${this.#limit} list items. Ask for less, with filters or in several requests.`,
    );
  }
}

function countOf({ kept }: Context): NodeCount | undefined {
  return kept.get(NodeCount) as NodeCount | undefined;
}

/** For an operation that is executed once more. */
export function restartCount(context: Context): void {
  countOf(context)?.restart();
}

/** Bounds what an operation returns: nothing of an answer that is too large is sent. */
export function createNodeLimit(limit: number): ServerPlugin {
  return {
    onExecute({ args }) {
      const count = new NodeCount(limit);
      args.contextValue.kept.set(NodeCount, count);
      return {
        onExecuteDone({ setResult }) {
          if (count.isExceeded) setResult({ errors: [count.refusal()] });
        },
      };
    },
  };
}

/** Makes the resolvers of lists count what they return. Lists without a resolver are short, and a vendor's own. */
export function countLists(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (resolve === undefined || !isListType(getNullableType(field.type))) continue;
      field.resolve = (source, args, context: Context, info) => {
        const list: unknown = resolve(source, args, context, info);
        return list instanceof Promise
          ? list.then((resolved) => counted(context, resolved))
          : counted(context, list);
      };
    }
  }
  return schema;
}

function counted(context: Context, list: unknown): unknown {
  if (Array.isArray(list)) countOf(context)?.add(list.length);
  return list;
}
