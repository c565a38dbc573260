import { membersOf } from '../../lib/json.ts';
import { Document } from '../../lib/json-api.ts';
import type { Client } from './client.ts';
import { Resources } from './resources.ts';

const PAGE_SIZE = 100;

const PERMISSION_HINT =
  'Check the server’s keys and their site, because Datadog also responds like this to wrong keys. Then check that the application key has the scope user_access_read, which is required to look people up.';

/** One page of a search. */
export interface UserPage {
  readonly resources: Resources;
  /** Is it as long as a page can be, so that another one may follow? */
  readonly isFull: boolean;
  /** The number of entries on this page, whatever they are. */
  readonly length: number;
  /** The number of users on all pages, if Datadog sends it. */
  readonly total: number | undefined;
}

/** The calls for a person who is looked up with the server's keys. */
export class PersonClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * The active users whose name, handle or e-mail address contains the text.
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
    return this.#client.user(id, readUser);
  }

  role(id: string): Promise<Resources> {
    return this.#client.role(id, readRole);
  }

  permissions(): Promise<Resources> {
    return this.#client.permissions();
  }

  /** The organizations of the keys' owner, because a user's document includes none. Nothing else of the owner is kept. */
  organizations(): Promise<Resources> {
    return this.#client.currentUser(readOrganizations);
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
  read(body: unknown): UserPage {
    const resources = new Resources(Document.ofMany(body, 'users'));
    const { length } = membersOf(body)['data'] as readonly unknown[];
    return { resources, isFull: length >= PAGE_SIZE, length, total: totalOf(body) };
  },
};

function totalOf(body: unknown): number | undefined {
  const { total_filtered_count: total } = membersOf(membersOf(membersOf(body)['meta'])['page']);
  return typeof total === 'number' ? total : undefined;
}
