import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql';
import { requestError } from '../errors/request-error.ts';
import { countListItems } from './list-count.ts';

/** The error that refuses an operation whose response would hold too many list items, before it is executed. */
export async function tooManyNodes(
  args: ExecutionArgs,
  maxNodes: number,
): Promise<GraphQLError | undefined> {
  const operation = getOperationAST(args.document, args.operationName);
  if (!operation || (await countListItems(args, operation, maxNodes)) <= maxNodes) return undefined;
  const message = `The response would have more than ${maxNodes} list items. Select less, filter, or split it into several requests.`;
  return requestError('TOO_MANY_NODES', message);
}
