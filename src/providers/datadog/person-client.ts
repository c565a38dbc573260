import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { Document } from '../../lib/json-api.ts';
import type { Client } from './client.ts';
import { Resources } from './resources.ts';

const PAGE_SIZE = 100;

const PERMISSION_HINT =
  'Datadog also says this to a wrong key or a wrong site: check the server’s keys and their site, then whether the application key has the scope user_access_read, which looking people up needs.';

/** One page of a search. */
export interface UserPage {
  readonly resources: Resources;
  /** How many users all pages have, where Datadog says so. */
  readonly total: number | undefined;
}

/** The calls that show a person whom the server's keys may look up. */
export class PersonClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * The active users of whom Datadog finds the text anywhere in their names, handles or e-mail addresses.
   * https://docs.datadoghq.com/api/latest/users/#list-all-users
   * @param page from 0
   */
  search(text: string, page: number): Promise<UserPage> {
    const query = new URLSearchParams({
      filter: text,
      'filter[status]': 'Active',
      'page[size]': String(PAGE_SIZE),
      'page[number]': String(page),
    });
    return this.#client.fetch(`users?${query}`, readPage);
  }

  user(id: string): Promise<Resources> {
    return this.#client.fetch(`users/${encodeURIComponent(id)}`, readUser);
  }

  role(id: string): Promise<Resources> {
    return this.#client.fetch(`roles/${encodeURIComponent(id)}`, readRole);
  }

  permissions(): Promise<Resources> {
    return this.#client.permissions();
  }

  /** Those of the owner of the keys, of whom nothing else is kept: a user's own document has none. */
  organizations(): Promise<Resources> {
    return this.#client.fetch('current_user', readOrganizations);
  }
}

const readOne = (type: string) => ({
  permissionHint: PERMISSION_HINT,
  read: (body: unknown) => new Resources(Document.ofOne(body, type), Document.identifiersIn(body)),
});
const readUser = readOne('users');
const readRole = readOne('roles');

const readOrganizations = {
  read: (body: unknown) => new Resources(Document.ofIncluded(body, 'orgs')),
};

const readPage = {
  permissionHint: PERMISSION_HINT,
  read: (body: unknown): UserPage => ({
    resources: new Resources(Document.ofMany(body, 'users')),
    total: totalOf(body),
  }),
};

function totalOf(body: unknown): number | undefined {
  const total = member(member(member(body, 'meta'), 'page'), 'total_filtered_count');
  return typeof total === 'number' ? total : undefined;
}

function member(value: unknown, name: string): JsonObject[string] {
  return isJsonObject(value) ? value[name] : undefined;
}
