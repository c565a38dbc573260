import type { GraphQLSchema } from 'graphql';
import type { Execution } from '../../context.ts';
import type { ServerPlugin } from '../plugin.ts';
import type { Limits } from '../settings.ts';
import { createDocumentCaches } from './document-cache.ts';
import { createExecutor } from './executor.ts';
import { BufferedResponse, freeSentBytes } from './response-body.ts';
import { createResponseLimit } from './response-limit.ts';
import { ExecutionState } from './state.ts';

/** What an endpoint needs to execute operations and write their responses. */
export interface ExecutionParts {
  /** Plugins that read the final results, such as the log, must come after these. */
  readonly plugins: readonly ServerPlugin[];
  /** For the context of an operation. */
  createState(): Execution;
  readonly parserAndValidationCache: ReturnType<typeof createDocumentCaches>;
  readonly fetchAPI: { readonly Response: typeof BufferedResponse };
}

/** Executes operations of this schema within these limits. */
export function createExecution(
  schema: GraphQLSchema,
  { nodes, responseBytes }: Pick<Limits, 'nodes' | 'responseBytes'>,
): ExecutionParts {
  return {
    plugins: [createExecutor(schema, nodes), createResponseLimit(responseBytes), freeSentBytes],
    createState: () => new ExecutionState(responseBytes),
    parserAndValidationCache: createDocumentCaches(),
    fetchAPI: { Response: BufferedResponse },
  };
}
