import DataLoader from 'dataloader';
import type { Directory } from './directory.ts';
import type { Organization, Permission, Role, User } from './model.ts';

const CURRENT_USER = 'current_user';

/** One request's loaders: each resource is read at most once, and the vendor asked at most once. */
export class Loaders {
  readonly currentUser: DataLoader<typeof CURRENT_USER, Directory>;
  readonly organizations: DataLoader<string, Organization>;
  readonly roles: DataLoader<string, Role>;
  readonly users: DataLoader<string, User>;
  /** By a list of ids: a role's permissions are one load, where a promise for each would cost more than all the rest. */
  readonly permissions: DataLoader<readonly string[], readonly Permission[]>;

  /** @param fetchCurrentUser asks the vendor; called once, when the first field wants it */
  constructor(fetchCurrentUser: () => Promise<Directory>) {
    this.currentUser = new DataLoader(async (keys) => {
      const directory = await fetchCurrentUser();
      return keys.map(() => directory);
    });
    this.organizations = this.#from((directory, ids) => directory.organizations(ids));
    this.roles = this.#from((directory, ids) => directory.roles(ids));
    this.users = this.#from((directory, ids) => directory.users(ids));
    this.permissions = this.#from((directory, lists) => directory.permissions(lists));
  }

  directory(): Promise<Directory> {
    return this.currentUser.load(CURRENT_USER);
  }

  async viewer(): Promise<User> {
    const { viewerId } = await this.directory();
    return this.users.load(viewerId);
  }

  #from<K, V>(read: (directory: Directory, keys: readonly K[]) => readonly V[]): DataLoader<K, V> {
    return new DataLoader(async (keys) => read(await this.directory(), keys));
  }
}
