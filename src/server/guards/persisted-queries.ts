import { isJsonObject } from '../../lib/json.ts';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/**
 * Refuses automatic persisted queries. A client that has sent only a hash then sends the query itself, and no more
 * hashes: https://www.apollographql.com/docs/apollo-server/performance/apq.
 * Apollo Client and urql know this status and message; urql reads only the message.
 */
export const noPersistedQueries: ServerPlugin = {
  onParams({ params: { query, extensions } }) {
    if (typeof query === 'string' || !isJsonObject(extensions?.['persistedQuery'])) return;
    throw requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  },
};
