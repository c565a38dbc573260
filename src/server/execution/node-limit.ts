import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql';
import { requestError } from '../errors/request-error.ts';
import { countListItems } from './list-count.ts';

/** Before execution: the error for an operation whose response would have too many list items. */
export async function tooManyNodes(
  args: ExecutionArgs,
  maxNodes: number,
): Promise<GraphQLError | undefined> {
  const operation = getOperationAST(args.document, args.operationName);
  if (!operation || (await countListItems(args, operation, maxNodes)) <= maxNodes) return undefined;
  const message = `The response would have more than ${maxNodes} list items. Select less, filter, or split it into several requests.`;
  return requestError('TOO_MANY_NODES', message);
}
