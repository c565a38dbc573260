import { isJsonObject } from '../../lib/json.ts';
import { requestError } from '../errors/request-error.ts';
import type { ServerPlugin } from '../plugin.ts';

/**
 * Says of automatic persisted queries that there are none. A client that sends the hash of a query alone then sends
 * the query, and no more hashes: https://www.apollographql.com/docs/apollo-server/performance/apq.
 * Status and message are those that Apollo Client and urql know; urql looks at the message only.
 */
export const noPersistedQueries: ServerPlugin = {
  onParams({ params: { query, extensions } }) {
    if (typeof query === 'string' || !isJsonObject(extensions?.['persistedQuery'])) return;
    throw requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  },
};
