import { getOperationAST } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Context } from '../context.ts';
import type { ServerPlugin } from './plugin.ts';
import { requestIdOf } from './request-id.ts';

const MAX_NAME_LENGTH = 100;

/** Writes a line for every operation, and one for every request that came to none; nothing about a person. */
export function createOperationLog(logger: Logger): ServerPlugin {
  const started = new WeakMap<Request, number>();
  const logged = new WeakSet<Request>();
  const names = new WeakMap<object, string | undefined>();

  const since = (request: Request) =>
    rounded(performance.now() - (started.get(request) ?? Number.NaN));

  return {
    onRequest({ request }) {
      started.set(request, performance.now());
    },
    onExecute({ args: { document, operationName, contextValue } }) {
      names.set(contextValue, getOperationAST(document, operationName)?.name?.value);
    },
    onExecutionResult({ request, context, result }) {
      logged.add(request);
      // What was refused before it was executed has no context of ours.
      const { trace } = context as Partial<Context>;
      const operation = names.get(context) ?? context.params.operationName;
      const codes = [result]
        .flat()
        .flatMap((each) =>
          each && !isAsyncIterable(each)
            ? (each.errors ?? []).map(
                ({ extensions }) => extensions?.['code'] ?? 'GRAPHQL_EXECUTION_FAILED',
              )
            : [],
        );
      logger.info(
        {
          requestId: requestIdOf(request),
          operation: operation?.slice(0, MAX_NAME_LENGTH),
          durationMs: since(request),
          providers: [...(trace?.providers ?? [])],
          upstream: (trace?.upstream ?? []).map((call) => ({
            ...call,
            durationMs: rounded(call.durationMs),
          })),
          errors: [...new Set(codes)],
        },
        'operation',
      );
    },
    onResponse({ request, response }) {
      if (logged.has(request)) return;
      const line = {
        requestId: requestIdOf(request),
        durationMs: since(request),
        status: response.status,
      };
      if (response.status >= 400) logger.info(line, 'refused');
      else logger.debug(line, 'served');
    },
  };
}

/** To a tenth of a millisecond. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
