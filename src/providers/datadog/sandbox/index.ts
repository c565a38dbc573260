import { Secret } from '../../../lib/secret.ts';
import type { ProviderSandbox } from '../../provider.ts';
import type { Settings } from '../settings.ts';
import { documents, findUsers } from './document.ts';

const KEY = 'sandbox';

/** Datadog's part of the sandbox, which responds like Datadog and knows one key. */
export const sandbox: ProviderSandbox<Settings> = {
  variables: ['DD_API_KEY', 'DD_APP_KEY', 'DATADOG_API_URL'],
  settings: (settings, baseUrl) => ({
    ...settings,
    baseUrl,
    credentials: { apiKey: new Secret(KEY), appKey: new Secret(KEY), baseUrl },
  }),
  respond({ path, query, headers }) {
    if (headers.get('DD-API-KEY') !== KEY || headers.get('DD-APPLICATION-KEY') !== KEY) {
      return { status: 403, body: { errors: ['Forbidden'] } };
    }
    if (path === '/api/v2/users') return { status: 200, body: findUsers(query) };
    const document = documents.get(path.replace('/api/v2/', ''));
    return document === undefined
      ? { status: 404, body: { errors: ['Not found'] } }
      : { status: 200, body: document };
  },
};
