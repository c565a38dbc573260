import DataLoader from 'dataloader';
import { once } from '../../lib/once.ts';
import { Directory } from './directory.ts';
import type { Expansion } from './expansion.ts';
import {
  type Organization,
  type Permission,
  type PermissionIds,
  type Role,
  type RoleIds,
  toOrganization,
  toPermission,
  toRole,
  toUser,
  type User,
} from './model.ts';
import { type Absence, toReference } from './reference.ts';

/**
 * One request's loaders: each resource is read at most once, and the vendor asked at most once for it.
 * What no document holds is asked for where there is an expansion, and is a reference otherwise.
 */
export class Loaders {
  /** The current user's document. Datadog is asked when the first field wants it. @throws {RolecallError} where Datadog does not give it */
  readonly directory: () => Promise<Directory>;
  readonly organizations: DataLoader<string, Organization>;
  readonly roles: DataLoader<string, Role>;
  /** By a list of ids too: what a user's roles grant is worked out once for each list that this gives. */
  readonly roleLists: DataLoader<RoleIds, readonly Role[]>;
  readonly users: DataLoader<string, User>;
  /** By a list of ids: a role's permissions are one load, where a promise for each would cost more than all the rest. */
  readonly permissions: DataLoader<PermissionIds, readonly Permission[]>;

  /** The current user's document, and those that were asked for beyond it. */
  readonly #directories: Directory[] = [];
  readonly #expansion: Expansion | undefined;

  constructor(fetchCurrentUser: () => Promise<Directory>, expansion?: Expansion) {
    this.#expansion = expansion;
    this.directory = once(async () => {
      const directory = await fetchCurrentUser();
      this.#directories.push(directory);
      return directory;
    });
    this.organizations = this.#byId('organization', toOrganization, async () => undefined);
    this.roles = this.#byId('role', toRole, async (id) => expansion?.role(id));
    this.roleLists = new DataLoader(async (lists) =>
      Promise.all(
        lists.map((ids) =>
          Promise.all(ids.map((id) => this.roles.load(id))).catch((error: Error) => error),
        ),
      ),
    );
    this.users = this.#byId('user', toUser, async (id) => expansion?.user(id));
    this.permissions = new DataLoader(async (lists) => this.#permissions(lists));
  }

  async viewer(): Promise<User> {
    const { primaryId = '' } = await this.directory();
    return this.users.load(primaryId);
  }

  #byId<Name extends 'organization' | 'role' | 'user', Shape extends { readonly id: string }>(
    name: Name,
    toShape: Parameters<typeof toReference<Shape>>[1],
    fetch: (id: string) => Promise<Directory | Absence>,
  ): DataLoader<string, Shape> {
    const held = (id: string) =>
      this.#held((directory) => directory[name](id) as Shape | undefined);
    const resolve = async (id: string) => {
      const shape = held(id);
      if (shape !== undefined) return shape;
      const fetched = await fetch(id);
      if (!(fetched instanceof Directory)) return toReference(id, toShape, fetched);
      this.#directories.push(fetched);
      return held(id) ?? toReference(id, toShape, undefined);
    };
    return new DataLoader(async (ids) => {
      await this.directory();
      // An Error is that id's alone; a rejection would be everybody's.
      return Promise.all(ids.map((id) => resolve(id).catch((error: Error) => error)));
    });
  }

  async #permissions(lists: readonly PermissionIds[]): Promise<readonly (readonly Permission[])[]> {
    const directory = await this.directory();
    const held = lists.map((ids) => directory.permissions(ids));
    const absence = held.includes(undefined) ? await this.#fetchPermissions(lists) : undefined;
    return lists.map(
      (ids, index) =>
        held[index] ??
        ids.map((id) => this.#heldPermission(id) ?? toReference(id, toPermission, absence)),
    );
  }

  /** Asks for all permissions where one of these is held by no document. */
  async #fetchPermissions(lists: readonly PermissionIds[]): Promise<Absence> {
    const isMissing = (id: string) => this.#heldPermission(id) === undefined;
    if (!this.#expansion || !lists.some((ids) => ids.some(isMissing))) return undefined;
    const fetched = await this.#expansion.permissions();
    if (!(fetched instanceof Directory)) return fetched;
    this.#directories.push(fetched);
    return undefined;
  }

  #heldPermission(id: string): Permission | undefined {
    return this.#held((directory) => directory.permission(id));
  }

  /** What the first directory that has it holds. */
  #held<T>(find: (directory: Directory) => T | undefined): T | undefined {
    for (const directory of this.#directories) {
      const shape = find(directory);
      if (shape !== undefined) return shape;
    }
    return undefined;
  }
}
