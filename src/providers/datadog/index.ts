import { Document } from '../../lib/json-api.ts';
import type { Provider } from '../provider.ts';
import { fetchResources } from './client.ts';
import { headers, readHeaders } from './headers.ts';
import { Loaders } from './loaders.ts';
import type { User } from './model.ts';
import { RestLookup } from './rest-lookup.ts';
import { sandbox } from './sandbox/index.ts';
import { defineUser } from './schema/user.ts';
import {
  type Credentials,
  renamedVariables,
  type Settings,
  settings,
  siteUrl,
} from './settings.ts';
import { vendor } from './vendor.ts';

/** Datadog (https://docs.datadoghq.com/api/latest/users/): one JSON:API document, expanded as asked for. */
export const datadog: Provider<Settings, Credentials, Loaders, User> = {
  ...vendor,
  field: 'datadog',
  description: 'The current Datadog user; null, without an error, where Datadog is not connected.',
  settings,
  sandbox,
  keyVariables: ['DD_API_KEY', 'DD_APP_KEY'],
  renamedVariables,
  headers,
  readHeaders,
  placeText({ baseUrl, credentials }, whose) {
    if (whose === 'server' && credentials !== undefined) return credentials.baseUrl.href;
    return baseUrl?.href ?? `${siteUrl()} or the site that DD-SITE names`;
  },
  open({ expand, expansionLimit }, upstream) {
    return {
      connect(credentials, request) {
        const fetch = (path: string, toDocument: (body: unknown) => Document) =>
          fetchResources(upstream, `api/v2/${path}`, toDocument, credentials, request);
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
          expand === 'rest' ? new RestLookup(fetcher, expansionLimit) : undefined,
        );
      },
    };
  },
  viewer: (loaders) => loaders.viewer(),
  defineTypes: defineUser,
};
