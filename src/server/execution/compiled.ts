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

/** An operation is compiled at its third occurrence, so that a flood of different ones compiles nothing. */
const COMPILED_AFTER = 3;

/**
 * The most selections of a compiled operation; a fragment counts wherever it is spread. Compiling them takes at most
 * 30 ms on a core that needs 130 ms for 2,000 (`npm run bench:limits`).
 */
const MAX_COMPILED_SELECTIONS = 500;

/** Executes an operation, as graphql-js's `execute` does. */
type Execute = (args: ExecutionArgs) => unknown;

interface Seen {
  times: number;
  /** Undefined if it has not been compiled, null if it cannot be. */
  query: ReturnType<ReturnType<typeof createCompiler>> | undefined;
}

/**
 * Compiles frequent operations: compiled code takes a fraction of the time of walking their documents.
 * @returns a function that returns the compiled execution of an operation; undefined if it is not compiled.
 * After an error, it executes the operation again with the `ordinary` executor, because compiled code words some errors
 * differently and omits locations. The request's loaders do not call a vendor twice.
 */
export function createCompiledExecution(schema: GraphQLSchema) {
  // By operation, because a document may have several. Entries last as long as the document, which the document cache
  // keeps while it is in use.
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
  // Providers validate values when they read them, so scalars need not serialize them.
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
      // graphql-jit ignores the default of a missing variable of a non-null type.
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
