import type { ServerPlugin } from './plugin.ts';
import { refusal } from './refusal.ts';

/** GraphQL over HTTP wants a text there (https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters). */
export const operationNameIsText: ServerPlugin = {
  onParams({ params: { operationName } }) {
    if (operationName === undefined || operationName === null || typeof operationName === 'string')
      return;
    throw refusal(400, 'BAD_REQUEST', 'The parameter operationName must be a text.');
  },
};
