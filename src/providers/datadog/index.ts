import { Document } from '../../lib/json-api.ts';
import type { Provider } from '../provider.ts';
import { createClient } from './client.ts';
import { Expansion } from './expansion.ts';
import { headers, readHeaders } from './headers.ts';
import { Loaders } from './loaders.ts';
import type { User } from './model.ts';
import { sandbox } from './sandbox/index.ts';
import { defineUser } from './schema/user.ts';
import { type Credentials, type Settings, settings, siteUrl } from './settings.ts';

/** Datadog (https://docs.datadoghq.com/api/latest/users/): one JSON:API document, expanded as asked for. */
export const datadog: Provider<Settings, Credentials, Loaders, User> = {
  name: 'DATADOG',
  title: 'Datadog',
  field: 'datadog',
  description: 'The current user of Datadog; null without an error where Datadog is not connected.',
  settings,
  sandbox,
  headers,
  readHeaders,
  placeText({ baseUrl, credentials }, whose) {
    if (whose === 'server' && credentials !== undefined) return credentials.baseUrl.href;
    return baseUrl?.href ?? `${siteUrl()} or the site that DD-SITE names`;
  },
  open({ expand, expansionLimit }, upstream) {
    const client = createClient(upstream);
    return {
      connect(credentials, request) {
        const fetch = (path: string, read: (body: unknown) => Document) =>
          client.fetch(`api/v2/${path}`, read, credentials, request);
        const user = (body: unknown) => Document.ofOne(body, 'users');
        const role = (body: unknown) => Document.ofOne(body, 'roles');
        const permissions = (body: unknown) => Document.ofMany(body, 'permissions');
        // https://docs.datadoghq.com/api/latest/users/ and https://docs.datadoghq.com/api/latest/roles/
        const fetcher = {
          user: (id: string) => fetch(`users/${encodeURIComponent(id)}`, user),
          role: (id: string) => fetch(`roles/${encodeURIComponent(id)}`, role),
          permissions: () => fetch('permissions', permissions),
        };
        return new Loaders(
          () => fetch('current_user', user),
          expand === 'rest' ? new Expansion(fetcher, expansionLimit) : undefined,
        );
      },
    };
  },
  viewer: (loaders) => loaders.viewer(),
  defineTypes: defineUser,
};
