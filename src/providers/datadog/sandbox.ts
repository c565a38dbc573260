import { Secret } from '../../secret.ts';
import type { ProviderSandbox } from '../provider.ts';
import { document } from './sandbox-document.ts';
import type { Settings } from './settings.ts';

const KEY = 'sandbox';

/** Datadog's part of the sandbox, which answers as Datadog does and knows one key. */
export const sandbox: ProviderSandbox<Settings> = {
  variables: ['DD_API_KEY', 'DD_APP_KEY', 'DATADOG_API_URL'],
  settings: (settings, baseUrl) => ({
    ...settings,
    baseUrl,
    credentials: { apiKey: new Secret(KEY), appKey: new Secret(KEY), baseUrl },
  }),
  respond(path, headers) {
    if (path !== '/api/v2/current_user') return { status: 404, body: { errors: ['Not found'] } };
    if (headers.get('DD-API-KEY') !== KEY || headers.get('DD-APPLICATION-KEY') !== KEY) {
      return { status: 403, body: { errors: ['Forbidden'] } };
    }
    return { status: 200, body: document };
  },
};
