import type { GraphQLSchema } from 'graphql';
import type { ServerPlugin } from '../plugin.ts';
import { createCompiledExecution } from './compiled.ts';
import { tooManyNodes } from './node-limit.ts';

/** Executes operations, as compiled code if there is some; refuses those with too many list items in the response. */
export function createExecutor(schema: GraphQLSchema, maxNodes: number): ServerPlugin {
  const compiledExecution = createCompiledExecution(schema);

  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (args) => {
        const error = await tooManyNodes(args, maxNodes);
        if (error !== undefined) return { errors: [error] };
        const execute = compiledExecution(args, executeFn) ?? executeFn;
        return execute(args);
      });
    },
  };
}
