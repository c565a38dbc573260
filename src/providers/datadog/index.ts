import type { Provider } from '../provider.ts';
import { createClient } from './client.ts';
import { credentialHeaders, readHeaders } from './headers.ts';
import { Loaders } from './loaders.ts';
import type { User } from './model.ts';
import { sandbox } from './sandbox.ts';
import { defineUser } from './schema/user.ts';
import { type Credentials, type Settings, settings } from './settings.ts';

/** Datadog (https://docs.datadoghq.com/api/latest/users/): one JSON:API document, expanded as asked for. */
export const datadog: Provider<Settings, Credentials, Loaders, User> = {
  name: 'DATADOG',
  title: 'Datadog',
  field: 'datadog',
  description: 'The current user of Datadog; null without an error where Datadog is not connected.',
  settings,
  sandbox,
  credentialHeaders,
  readHeaders,
  open(_settings, upstream) {
    const client = createClient(upstream);
    return {
      connect: (credentials, request) =>
        new Loaders(() => client.fetchCurrentUser(credentials, request)),
    };
  },
  viewer: (loaders) => loaders.viewer(),
  defineTypes: defineUser,
};
