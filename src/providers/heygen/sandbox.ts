import { Secret } from '../../lib/secret.ts';
import type { ProviderSandbox, SandboxResponse } from '../provider.ts';
import type { Settings } from './settings.ts';

/** The key of a server with `CREDENTIALS=server`. */
const KEY = 'sandbox';
/** A key for which HeyGen is down. */
const UNAVAILABLE_KEY = 'sandbox-key-outage';

function user(index: number, firstName: string) {
  return {
    username: `5a4db0c505e44000800000000000000${index}`,
    email: `${firstName.toLowerCase()}@sandbox.example`,
    first_name: firstName,
    last_name: 'Sandbox',
  };
}

const robin = user(0, 'Robin');

/** Who owns each key: `sandbox-key-` and the first name. */
const owners: ReadonlyMap<string, ReturnType<typeof user>> = new Map([
  [KEY, robin],
  ['sandbox-key-robin', robin],
  ['sandbox-key-rowan', user(1, 'Rowan')],
  ['sandbox-key-reese', user(4, 'Reese')],
  ['sandbox-key-remy', user(5, 'Remy')],
]);

/** HeyGen's part of the sandbox: both versions, each with its own members. */
const routes: Readonly<Record<string, (user: object) => SandboxResponse>> = {
  '/v1/user/me': (data) => ({ status: 200, body: { code: 100, data, msg: null, message: null } }),
  '/v3/users/me': (data) => ({
    status: 200,
    body: {
      data: {
        ...data,
        billing_type: 'wallet',
        wallet: { currency: 'usd', remaining_balance: 42.5 },
      },
    },
  }),
};

export const sandbox: ProviderSandbox<Settings> = {
  variables: ['HEYGEN_API_KEY', 'HEYGEN_API_URL'],
  settings: ({ version }, baseUrl) => ({ version, baseUrl, credentials: new Secret(KEY) }),
  respond({ path, headers }) {
    const key = headers.get('x-api-key') ?? '';
    if (key === UNAVAILABLE_KEY) {
      return { status: 503, body: { code: 503, message: 'Service Unavailable' } };
    }
    const owner = owners.get(key);
    if (owner === undefined) {
      return { status: 401, body: { code: 400112, message: 'Unauthorized' } };
    }
    return routes[path]?.(owner) ?? { status: 404, body: { code: 404, message: 'Not Found' } };
  },
};
