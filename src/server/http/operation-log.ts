import { getOperationAST } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Context, Trace } from '../../context.ts';
import type { ServerContext, ServerPlugin } from '../plugin.ts';
import { requestIdOf } from './request-id.ts';

type Result = Parameters<NonNullable<ServerPlugin['onExecutionResult']>>[0]['result'];

const MAX_NAME_LENGTH = 100;

/** Logs each operation, and each request that was refused before it became one; nothing about a person. */
export function createOperationLog(logger: Logger): ServerPlugin {
  const started = new WeakMap<Request, number>();
  const logged = new WeakSet<Request>();
  const names = new WeakMap<object, string | undefined>();
  const refusals = new WeakMap<Request, readonly unknown[]>();

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
      // Operations that were refused before execution have no context of ours.
      const { trace, connections, caller } = context as Partial<Context> & ServerContext;
      const operation = names.get(context) ?? context.params.operationName;
      logger.info(
        {
          requestId: requestIdOf(request),
          caller: caller?.hash,
          operation: operation?.slice(0, MAX_NAME_LENGTH),
          durationMs: since(request),
          providers: [...(trace?.providers ?? [])],
          upstream: (trace?.upstream ?? []).map((call) => ({
            ...call,
            durationMs: rounded(call.durationMs),
          })),
          errors: [...new Set([...codesOf(result), ...unusableCodes(connections)])],
          ...warningsOf(trace),
        },
        'operation',
      );
    },
    onResultProcess({ request, result }) {
      if (!logged.has(request)) refusals.set(request, codesOf(result));
    },
    onResponse({ request, response, serverContext }) {
      if (logged.has(request)) return;
      const line = {
        requestId: requestIdOf(request),
        caller: serverContext.caller?.hash,
        durationMs: since(request),
        status: response.status,
      };
      const errors = refusals.get(request) ?? [];
      if (response.status >= 400 || errors.length > 0) {
        logger.info({ ...line, errors }, 'refused');
      } else {
        logger.debug(line, 'served');
      }
    },
  };
}

/** The codes of the errors of a result, or of a batch's results, each once. */
function codesOf(result: Result | Result[]): readonly unknown[] {
  const errors = [result]
    .flat()
    .flatMap((each) => (each && !isAsyncIterable(each) ? (each.errors ?? []) : []));
  return [...new Set(errors.map(({ extensions }) => extensions?.['code']))];
}

/** The codes of unusable credentials, even if the operation does not select their provider. */
function unusableCodes(connections: Context['connections'] = new Map()): readonly unknown[] {
  return [...connections.values()].flatMap((connection) =>
    connection.state === 'unusable' ? connection.error.extensions.code : [],
  );
}

/** The codes of the failures because of which stale responses were used. */
function warningsOf(trace: Trace | undefined) {
  const codes = new Set(Array.from(trace?.warnings ?? [], ({ extensions }) => extensions.code));
  return codes.size === 0 ? {} : { warnings: [...codes] };
}

/** To a tenth of a millisecond. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
