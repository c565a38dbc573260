import type { Secret } from '../../lib/secret.ts';
import type { Provider } from '../provider.ts';
import { createClient } from './client.ts';
import { headers, readHeaders } from './headers.ts';
import type { User } from './model.ts';
import { sandbox } from './sandbox.ts';
import { defineUser } from './schema.ts';
import { openSession, type Session } from './session.ts';
import { keyVariables, type Settings, settings, storedCredentials } from './settings.ts';
import { vendor } from './vendor.ts';

/** HeyGen (https://docs.heygen.com/reference/get-current-user-information): one flat object. */
export const heygen: Provider<Settings, Secret, Session, User> = {
  ...vendor,
  field: 'heygen',
  description: 'The current HeyGen user; null, without an error, where HeyGen is not connected.',
  settings,
  sandbox,
  keyVariables,
  variablePrefix: 'HEYGEN_',
  headers,
  readHeaders,
  storedCredentials: () => storedCredentials,
  baseUrlText: ({ baseUrl }) => baseUrl.href,
  open(opened, upstream) {
    const client = createClient(opened, upstream);
    return {
      connect: (key, request) => openSession(() => client.fetchCurrentUser(key, request)),
    };
  },
  viewer: (session) => session.viewer(),
  // The response is read as the user.
  sourceOf: (_session, user) => user,
  defineTypes: defineUser,
};
