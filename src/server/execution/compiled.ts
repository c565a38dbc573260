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
import { countSelections } from '../guards/document-size.ts';
import type { ServerPlugin } from '../plugin.ts';
import { isCompilable } from './compilable.ts';
import { askForLeafLists, withLeafLists } from './leaf-list-fields.ts';
import { toBytes } from './response-bytes.ts';
import { WrittenBytes } from './written-bytes.ts';

/** A query is compiled only once it has come so often: a flood of unique ones compiles nothing. */
const COMPILED_AFTER = 3;

/**
 * The most selections, fragments counted wherever they are spread, of what is compiled: 30 ms at the worst, of a core
 * that compiles 2,000 in 130 (`npm run bench:limits`).
 */
const MAX_COMPILED_SELECTIONS = 500;

interface Seen {
  times: number;
  /** Undefined where it has not been compiled, null where it cannot be. */
  query: ReturnType<ReturnType<typeof createCompiler>> | undefined;
}

/**
 * Executes what comes often as compiled code, which costs a fraction of walking its document.
 * What cannot be compiled goes to the ordinary executor; so does, once more, what gives an error: compiled
 * code words some errors otherwise and leaves locations out. The loaders of the request ask no vendor twice.
 */
export function createCompiledExecution(schema: GraphQLSchema): ServerPlugin {
  // By the operation within its parsed document: two operations of a document are two keys. They last as long as
  // the document, of which Yoga keeps the ones that were used last.
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

  return {
    onExecute({ args: { document, operationName }, executeFn, setExecuteFn }) {
      const operation = getOperationAST(document, operationName);
      const query = operation ? compiled(operation, document) : null;
      if (!query) return;
      setExecuteFn(async (args) => {
        const result = await query(args);
        if (result.errors === undefined) return result;
        const refusal = WrittenBytes.of(args.contextValue)?.refusal;
        if (refusal !== undefined) return { errors: [refusal] };
        args.contextValue.omissions.clear();
        return executeFn(args);
      });
    },
  };
}

function createCompiler(schema: GraphQLSchema) {
  const extended = withLeafLists(schema);
  // Values are validated where they are read, so that scalars need not serialize them.
  const options = { disableLeafSerialization: true };

  return (document: DocumentNode, operationName: string | undefined) => {
    const alone = separateOperations(document)[operationName ?? ''];
    if (alone === undefined || countSelections(alone) > MAX_COMPILED_SELECTIONS) return null;
    if (!isCompilable(alone)) return null;
    const asked = askForLeafLists(extended, alone);
    const compiled = compileQuery(extended, asked, operationName, options);
    if (!isCompiledQuery(compiled)) return null;
    const [{ variableDefinitions = [] }] = alone.definitions as [OperationDefinitionNode];
    return async ({ rootValue, contextValue, variableValues }: ExecutionArgs) => {
      // graphql-jit takes a variable that is left out for null where its type is non-null, though it has a default.
      const variables = getVariableValues(extended, variableDefinitions, variableValues ?? {});
      if (variables.errors) return { errors: variables.errors };
      const result: ExecutionResult = await compiled.query(
        rootValue,
        contextValue,
        variables.coerced,
      );
      // What has no LeafList in it JSON.stringify writes faster.
      return asked === alone ? result : { ...result, stringify: toBytes };
    };
  };
}
