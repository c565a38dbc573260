import { Secret } from '../../lib/secret.ts';
import type { ProviderSandbox, SandboxResponse } from '../provider.ts';
import type { Settings } from './settings.ts';

const KEY = 'sandbox';

const user = {
  username: '5a4db0c505e440008000000000000000',
  email: 'robin@sandbox.example',
  first_name: 'Robin',
  last_name: 'Sandbox',
};

/** HeyGen's part of the sandbox: both versions, each with its own members. */
const routes: Readonly<Record<string, SandboxResponse>> = {
  '/v1/user/me': { status: 200, body: { code: 100, data: user, msg: null, message: null } },
  '/v3/users/me': {
    status: 200,
    body: {
      data: {
        ...user,
        billing_type: 'wallet',
        wallet: { currency: 'usd', remaining_balance: 42.5 },
      },
    },
  },
};

export const sandbox: ProviderSandbox<Settings> = {
  variables: ['HEYGEN_API_KEY', 'HEYGEN_API_URL'],
  settings: ({ version }, baseUrl) => ({ version, baseUrl, credentials: new Secret(KEY) }),
  respond({ path, headers }) {
    if (headers.get('x-api-key') !== KEY) {
      return { status: 401, body: { code: 400112, message: 'Unauthorized' } };
    }
    return routes[path] ?? { status: 404, body: { code: 404, message: 'Not Found' } };
  },
};
