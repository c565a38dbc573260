import { type DocumentNode, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import type { Config } from '../../src/config/index.ts';
import type { Context } from '../../src/context.ts';
import { providers } from '../../src/providers/index.ts';
import { createSchemas, type Schemas } from '../../src/schema/index.ts';
import { createCompiledExecution } from '../../src/server/execution/compiled.ts';
import { createContexts } from './endpoint.ts';

export interface Executed {
  /** The data as JSON; the order of its members counts. */
  readonly data: string;
  /** Sorted, because their order does not count. */
  readonly errors: readonly string[];
  readonly partialErrors: readonly string[];
}

/** Executes operations with graphql-js alone and as the server does: in the same schema, each in a new context. */
export function createExecutors(config: Config, endpoint: keyof Schemas = 'graph') {
  const schema = createSchemas(providers)[endpoint];
  const { newContext } = createContexts(schema, config);
  const compiledExecution = createCompiledExecution(schema);

  async function argsOf(document: DocumentNode, variableValues: object | undefined) {
    return {
      schema,
      document,
      contextValue: await newContext(),
      variableValues,
    } as ExecutionArgs & {
      contextValue: Context;
    };
  }

  return {
    schema,
    async byGraphqlJs(document: DocumentNode, variables?: object): Promise<Executed> {
      const args = await argsOf(document, variables);
      return executed(await execute(args), args.contextValue);
    },
    /** `isCompiled`: compiled code ran first; `isRepeated`: the ordinary executor ran after it. */
    async asTheServer(document: DocumentNode, variables?: object) {
      const args = await argsOf(document, variables);
      let isRepeated = false;
      const compiled = compiledExecution(args, (some) => {
        isRepeated = true;
        return execute(some);
      });
      const result = (await (compiled ?? execute)(args)) as ExecutionResult;
      const isCompiled = compiled !== undefined;
      return { ...executed(result, args.contextValue), isCompiled, isRepeated };
    },
  };
}

function executed(
  result: ExecutionResult & { readonly stringify?: (some: object) => Buffer | string },
  { execution: { partialErrors } }: Context,
): Executed {
  const { data, errors = [], stringify = JSON.stringify } = result;
  return {
    data: String(stringify({ data })),
    errors: errors.map((error) => JSON.stringify(error)).sort(),
    partialErrors: Array.from(
      partialErrors,
      ([{ message }, paths]) => `${message} ${paths.size}`,
    ).sort(),
  };
}
