import { isJsonObject } from '../../lib/json.ts';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/** Refuses malformed requests (GraphQL over HTTP, “Request Parameters”). */
export const wellFormedParameters: ServerPlugin = {
  onRequestParse({ request, requestParser, setRequestParser }) {
    if (request.method !== 'GET' || requestParser === undefined) return;
    setRequestParser(async (original) => {
      try {
        return await requestParser(original);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        // The message of JSON.parse quotes the text.
        throw requestError(
          'BAD_REQUEST',
          'The parameters `variables` and `extensions` must be URL-encoded JSON.',
        );
      }
    });
  },
  onParams({ params }) {
    if (!isJsonObject(params)) {
      throw requestError('BAD_REQUEST', 'The request must be a JSON object with a `query`.');
    }
    const { operationName = null } = params;
    if (operationName !== null && typeof operationName !== 'string') {
      throw requestError('BAD_REQUEST', 'The parameter `operationName` must be a string.');
    }
  },
};
