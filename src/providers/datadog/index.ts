import { once } from '../../lib/once.ts';
import { onceForEach } from '../../lib/once-for-each.ts';
import type { Provider } from '../provider.ts';
import { Client } from './client.ts';
import { headers, readHeaders } from './headers.ts';
import { Loaders } from './loaders.ts';
import type { User } from './model.ts';
import { PersonClient } from './person-client.ts';
import { PersonLookup } from './person-lookup.ts';
import { type Fetcher, orReported, RestLookup } from './rest-lookup.ts';
import { sandbox } from './sandbox/index.ts';
import { defineUser } from './schema/user.ts';
import {
  type Credentials,
  keyVariables,
  renamedVariables,
  type Settings,
  settings,
  siteUrl,
  storedCredentials,
} from './settings.ts';
import { vendor } from './vendor.ts';

/** Datadog (https://docs.datadoghq.com/api/latest/users/): one JSON:API document, read as far as fields are selected. */
export const datadog: Provider<Settings, Credentials, Loaders, User> = {
  ...vendor,
  field: 'datadog',
  description: 'The current Datadog user; null, without an error, where Datadog is not connected.',
  settings,
  sandbox,
  findsPeople: true,
  keyVariables,
  renamedVariables,
  headers,
  readHeaders,
  storedCredentials,
  baseUrlText({ baseUrl, site, credentials }, whose) {
    if (whose === 'server' && credentials !== undefined) return credentials.baseUrl.href;
    const named = whose === 'request' ? 'DD-SITE names' : 'comes with the keys';
    return baseUrl?.href ?? `${siteUrl(site)} or the site that ${named}`;
  },
  open({ expand, expansionLimit, lookupTtlSeconds }, upstream) {
    // Rotated keys may be of another organization, whose users have other ids.
    const peopleOf = onceForEach((_: Credentials) => new PersonLookup(lookupTtlSeconds));
    const lookupBy = (fetcher: Fetcher) =>
      expand === 'rest' ? new RestLookup(fetcher, expansionLimit) : undefined;
    return {
      connect(credentials, request) {
        const client = new Client(upstream, credentials, request);
        return new Loaders(() => client.currentUser(), lookupBy(client));
      },
      connectPerson(credentials, person, request) {
        const client = new PersonClient(new Client(upstream, credentials, request));
        return new Loaders(
          () => peopleOf(credentials).find(person, client),
          lookupBy(client),
          once(() => orReported(() => client.organizations())),
        );
      },
    };
  },
  viewer: (loaders) => loaders.viewer(),
  sourceOf: (loaders, user) => loaders.sourceOf(user),
  defineTypes: defineUser,
};
