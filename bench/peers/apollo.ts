import type { IncomingHttpHeaders } from 'node:http';
import { type DataSourceConfig, RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { KEY_HEADERS } from '../contract.ts';
import { typeDefs } from './schema.ts';
import type { DatadogDocument, HeyGenBody, Resource } from './vendors.ts';

/** As its documentation recommends: data sources, and a resolver for each field whose name differs. */

const { DATADOG_API_URL, HEYGEN_API_URL } = process.env;

// Not node-fetch, the default, which opens a connection for every call. The types of their bodies differ.
const config = { fetch } as unknown as DataSourceConfig;

class Datadog extends RESTDataSource {
  override baseURL = `${DATADOG_API_URL}/`;
  readonly #headers: IncomingHttpHeaders;
  #included: readonly Resource[] = [];
  #index: Map<string, Resource> | undefined;

  constructor(headers: IncomingHttpHeaders) {
    super(config);
    this.#headers = headers;
  }

  async currentUser(): Promise<Resource> {
    const document = await this.get<DatadogDocument>('api/v2/current_user', {
      headers: {
        [KEY_HEADERS.datadogApi]: String(this.#headers[KEY_HEADERS.datadogApi]),
        [KEY_HEADERS.datadogApplication]: String(this.#headers[KEY_HEADERS.datadogApplication]),
      },
    });
    this.#included = document.included;
    return document.data;
  }

  find({ id }: { id: string }): Resource | undefined {
    this.#index ??= new Map(this.#included.map((resource) => [resource.id, resource]));
    return this.#index.get(id);
  }
}

class HeyGen extends RESTDataSource {
  override baseURL = `${HEYGEN_API_URL}/`;
  readonly #headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    super(config);
    this.#headers = headers;
  }

  async currentUser() {
    const { data } = await this.get<HeyGenBody>('v1/user/me', {
      headers: { 'x-api-key': String(this.#headers[KEY_HEADERS.heygen]) },
    });
    return data;
  }
}

interface Context {
  readonly datadog: Datadog;
  readonly heygen: HeyGen;
}

const attribute = (name: string) => (resource: Resource) => resource.attributes[name];

const expand =
  (name: string) =>
  ({ relationships }: Resource, _args: unknown, { datadog }: Context) => {
    const { data } = relationships[name];
    return Array.isArray(data)
      ? data.map((reference) => datadog.find(reference))
      : datadog.find(data);
  };

const resolvers = {
  Query: { viewer: () => ({}) },
  Viewer: {
    datadog: (_viewer: unknown, _args: unknown, { datadog }: Context) => datadog.currentUser(),
    heygen: (_viewer: unknown, _args: unknown, { heygen }: Context) => heygen.currentUser(),
  },
  DatadogUser: {
    name: attribute('name'),
    handle: attribute('handle'),
    email: attribute('email'),
    title: attribute('title'),
    icon: attribute('icon'),
    status: attribute('status'),
    disabled: attribute('disabled'),
    verified: attribute('verified'),
    serviceAccount: attribute('service_account'),
    createdAt: attribute('created_at'),
    lastLoginTime: attribute('last_login_time'),
    organization: expand('org'),
    roles: expand('roles'),
  },
  Organization: {
    publicId: attribute('public_id'),
    name: attribute('name'),
    sharing: attribute('sharing'),
    createdAt: attribute('created_at'),
  },
  Role: {
    name: attribute('name'),
    createdAt: attribute('created_at'),
    modifiedAt: attribute('modified_at'),
    permissions: expand('permissions'),
  },
  Permission: {
    name: attribute('name'),
    displayName: attribute('display_name'),
    description: attribute('description'),
    groupName: attribute('group_name'),
    restricted: attribute('restricted'),
    createdAt: attribute('created'),
  },
  HeyGenUser: {
    id: (user: Record<string, string>) => user['username'],
    firstName: (user: Record<string, string>) => user['first_name'],
    lastName: (user: Record<string, string>) => user['last_name'],
  },
};

await startStandaloneServer(new ApolloServer<Context>({ typeDefs, resolvers }), {
  listen: { port: Number(process.env['PORT']), host: '127.0.0.1' },
  context: async ({ req: { headers } }) => ({
    datadog: new Datadog(headers),
    heygen: new HeyGen(headers),
  }),
});
