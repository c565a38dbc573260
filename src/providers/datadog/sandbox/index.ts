import { Secret } from '../../../lib/secret.ts';
import type { ProviderSandbox } from '../../provider.ts';
import type { Settings } from '../settings.ts';
import { currentUsers, documents, findUsers } from './document.ts';

/** The key of a server with `CREDENTIALS=server`. */
const KEY = 'sandbox';
/** A key for which Datadog is down. */
const UNAVAILABLE_KEY = 'sandbox-key-outage';

/**
 * Datadog's part of the sandbox, which responds like Datadog. Each of its people has a key, `sandbox-key-` and the first
 * name, which is the API key and the application key at once.
 */
export const sandbox: ProviderSandbox<Settings> = {
  variables: ['DD_API_KEY', 'DD_APP_KEY', 'DATADOG_API_URL'],
  settings: (settings, baseUrl) => ({
    ...settings,
    baseUrl,
    credentials: { apiKey: new Secret(KEY), appKey: new Secret(KEY), baseUrl },
  }),
  respond({ path, query, headers }) {
    const key = headers.get('DD-API-KEY') ?? '';
    if (key === UNAVAILABLE_KEY) return { status: 503, body: { errors: ['Service Unavailable'] } };
    const currentUser = currentUsers.get(key);
    if (currentUser === undefined || headers.get('DD-APPLICATION-KEY') !== key) {
      return { status: 403, body: { errors: ['Forbidden'] } };
    }
    if (path === '/api/v2/current_user') return { status: 200, body: currentUser };
    if (path === '/api/v2/users') return { status: 200, body: findUsers(query) };
    const document = documents.get(path.replace('/api/v2/', ''));
    return document === undefined
      ? { status: 404, body: { errors: ['Not found'] } }
      : { status: 200, body: document };
  },
};
