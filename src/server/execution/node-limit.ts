import { getOperationAST } from 'graphql';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';
import { countListItems } from './list-count.ts';

/** Refuses, before it is executed, an operation whose response would hold too many list items. */
export function createNodeLimit(limit: number): ServerPlugin {
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const operation = getOperationAST(args.document, args.operationName);
      if (!operation || (await countListItems(args, operation, limit)) <= limit) return;
      const message = `The response would have more than ${limit} list items. Ask for less, with filters or in several requests.`;
      setResultAndStopExecution({ errors: [requestError('TOO_MANY_NODES', message)] });
    },
  };
}
