import type { GraphQLError } from 'graphql';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';
import { jsonSize } from './json-size.ts';

/** Refuses responses that are too large, before they are written. The operations of a batch share the limit. */
export function createResponseLimit(maxBytes: number): ServerPlugin {
  const left = new WeakMap<Request, number>();

  return {
    onExecutionResult({ request, result, setResult }) {
      const before = left.get(request) ?? maxBytes;
      // One more byte for the comma or bracket that follows in a batch.
      const after = before - jsonSize(result, before) - 1;
      if (after < 0) setResult({ errors: [responseTooLarge(maxBytes)] });
      else left.set(request, after);
    },
  };
}

export function responseTooLarge(maxBytes: number): GraphQLError {
  return requestError(
    'RESPONSE_TOO_LARGE',
    `The response would be larger than ${maxBytes} bytes. Select less, filter, or split it into several requests.`,
  );
}
