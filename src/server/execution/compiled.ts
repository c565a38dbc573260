import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  separateOperations,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Context } from '../../context.ts';
import { countSelections } from '../guards/document-size.ts';
import { isCompilable } from './compilable.ts';
import { writtenAsBytes } from './response-body.ts';
import { responseTooLarge } from './response-limit.ts';
import { selectSerializedLists, withSerializedLists } from './serialized-list-fields.ts';
import { ExecutionState } from './state.ts';

/** A query is compiled when it comes for the third time: a flood of different ones compiles nothing. */
const COMPILED_AFTER = 3;

/**
 * The most selections of a compiled operation, fragments counted wherever they are spread: 30 ms at the worst, of a
 * core that compiles 2,000 in 130 (`npm run bench:limits`).
 */
const MAX_COMPILED_SELECTIONS = 500;

/** Executes an operation, as graphql-js's `execute` does. */
type Execute = (args: ExecutionArgs) => unknown;

interface Seen {
  times: number;
  /** Undefined where it has not been compiled, null where it cannot be. */
  query: ReturnType<ReturnType<typeof createCompiler>> | undefined;
}

/**
 * Compiles operations that come often, which costs a fraction of walking their documents.
 * @returns a function that returns what executes this operation as compiled code; undefined where it is not compiled.
 * That hands an operation with an error to the `ordinary` executor: compiled code words some errors otherwise and
 * leaves locations out. The loaders of the request ask no vendor twice.
 */
export function createCompiledExecution(schema: GraphQLSchema) {
  // By the operation within its parsed document: two operations of a document are two keys. They last as long as
  // the document, of which the document cache keeps the ones that were used last.
  const operations = new WeakMap<OperationDefinitionNode, Seen>();

  const compile = createCompiler(schema);

  function compiled(operation: OperationDefinitionNode, document: DocumentNode) {
    let seen = operations.get(operation);
    if (seen === undefined) {
      seen = { times: 0, query: undefined };
      operations.set(operation, seen);
    }
    seen.times += 1;
    if (seen.query === undefined && seen.times >= COMPILED_AFTER) {
      seen.query = compile(document, operation.name?.value);
    }
    return seen.query;
  }

  return ({ document, operationName }: ExecutionArgs, ordinary: Execute): Execute | undefined => {
    const operation = getOperationAST(document, operationName);
    const query = operation ? compiled(operation, document) : null;
    if (!query) return undefined;
    return async (args) => {
      const result = await query(args);
      if (result.errors === undefined) return result;
      const context = args.contextValue as Context;
      const state = ExecutionState.of(context);
      context.execution = state.fresh();
      const { isTooLarge, maxBytes } = state.lists;
      return isTooLarge ? { errors: [responseTooLarge(maxBytes)] } : ordinary(args);
    };
  };
}

function createCompiler(schema: GraphQLSchema) {
  const extended = withSerializedLists(schema);
  // Values are validated where they are read, so scalars need not serialize them.
  const options = { disableLeafSerialization: true };

  return (document: DocumentNode, operationName: string | undefined) => {
    const alone = separateOperations(document)[operationName ?? ''];
    if (alone === undefined || countSelections(alone) > MAX_COMPILED_SELECTIONS) return null;
    if (!isCompilable(alone)) return null;
    const selected = selectSerializedLists(extended, alone);
    const compiled = compileQuery(extended, selected, operationName, options);
    if (!isCompiledQuery(compiled)) return null;
    const [{ variableDefinitions = [] }] = alone.definitions as [OperationDefinitionNode];
    return async ({ rootValue, contextValue, variableValues }: ExecutionArgs) => {
      // graphql-jit reads a missing variable of a non-null type as null although it has a default.
      const variables = getVariableValues(extended, variableDefinitions, variableValues ?? {});
      if (variables.errors) return { errors: variables.errors };
      const result: ExecutionResult = await compiled.query(
        rootValue,
        contextValue,
        variables.coerced,
      );
      return selected === alone ? result : writtenAsBytes(result);
    };
  };
}
