import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql';
import { requestError } from '../errors/request-error.ts';
import { countListItems } from './list-count.ts';

/** Why this operation must not be executed: its response would hold more list items than these. Undefined if not so. */
export async function tooManyNodes(
  args: ExecutionArgs,
  maxNodes: number,
): Promise<GraphQLError | undefined> {
  const operation = getOperationAST(args.document, args.operationName);
  if (!operation || (await countListItems(args, operation, maxNodes)) <= maxNodes) return undefined;
  const message = `The response would have more than ${maxNodes} list items. Select less, filter, or split it into several requests.`;
  return requestError('TOO_MANY_NODES', message);
}
