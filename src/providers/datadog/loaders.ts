import DataLoader from 'dataloader';
import { identifierOf } from '../../lib/json-api-linkage.ts';
import { once } from '../../lib/once.ts';
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
import { type NotFetched, toPlaceholder } from './placeholder.ts';
import { Resources } from './resources.ts';
import type { RestLookup } from './rest-lookup.ts';

/** JSON:API types by what the loaders call them. */
const TYPES = { organization: 'orgs', role: 'roles', user: 'users' } as const;

/**
 * One request's loaders: each resource is read at most once, and the vendor asked at most once for it.
 * What no document holds is looked up where there is a lookup, and is a placeholder otherwise.
 */
export class Loaders {
  /** The resources of the current user's document. Datadog is asked when the first field wants it. @throws {RolecallError} where Datadog does not give it */
  readonly currentUser: () => Promise<Resources>;
  readonly organizations: DataLoader<string, Organization>;
  readonly roles: DataLoader<string, Role>;
  /** By a list of ids too: what a user's roles grant is worked out once for each list that this gives. */
  readonly roleLists: DataLoader<RoleIds, readonly Role[]>;
  readonly users: DataLoader<string, User>;
  /** By a list of ids: a role's permissions are one load, where a promise for each would cost more than all the rest. */
  readonly permissions: DataLoader<PermissionIds, readonly Permission[]>;

  /** The current user's, and those that were fetched beyond it. */
  readonly #documents: Resources[] = [];
  readonly #lookup: RestLookup | undefined;

  /**
   * @param fetchCurrentUser asks the vendor for the user whom the request shows
   * @param fetchOrganizations those that this user's document may lack
   */
  constructor(
    fetchCurrentUser: () => Promise<Resources>,
    lookup?: RestLookup,
    fetchOrganizations: () => Promise<Resources | NotFetched> = async () => undefined,
  ) {
    this.#lookup = lookup;
    this.currentUser = once(async () => {
      const resources = await fetchCurrentUser();
      this.#documents.push(resources);
      return resources;
    });
    this.organizations = this.#byId('organization', toOrganization, fetchOrganizations);
    this.roles = this.#byId('role', toRole, async (id) => lookup?.role(id));
    this.roleLists = new DataLoader(async (lists) =>
      Promise.all(
        lists.map((ids) =>
          Promise.all(ids.map((id) => this.roles.load(id))).catch((error: Error) => error),
        ),
      ),
    );
    this.users = this.#byId('user', toUser, async (id) => lookup?.user(id));
    this.permissions = new DataLoader(async (lists) => this.#permissions(lists));
  }

  async viewer(): Promise<User> {
    const {
      primaryIds: [primaryId = ''],
    } = await this.currentUser();
    return this.users.load(primaryId);
  }

  #byId<Name extends 'organization' | 'role' | 'user', Shape extends { readonly id: string }>(
    name: Name,
    toShape: Parameters<typeof toPlaceholder<Shape>>[1],
    fetch: (id: string) => Promise<Resources | NotFetched>,
  ): DataLoader<string, Shape> {
    const held = (id: string) =>
      this.#held((resources) => resources[name](id) as Shape | undefined);
    const resolve = async (id: string) => {
      const shape = held(id);
      if (shape !== undefined) return shape;
      if (!this.#mayLookUp(TYPES[name], id)) return toPlaceholder(id, toShape, undefined);
      const fetched = await fetch(id);
      if (!(fetched instanceof Resources)) return toPlaceholder(id, toShape, fetched);
      this.#documents.push(fetched);
      return held(id) ?? toPlaceholder(id, toShape, undefined);
    };
    return new DataLoader(async (ids) => {
      await this.currentUser();
      // An Error is that id's alone; a rejection would be everybody's.
      return Promise.all(ids.map((id) => resolve(id).catch((error: Error) => error)));
    });
  }

  async #permissions(lists: readonly PermissionIds[]): Promise<readonly (readonly Permission[])[]> {
    const resources = await this.currentUser();
    const held = lists.map((ids) => resources.permissions(ids));
    const why = held.includes(undefined) ? await this.#fetchPermissions(lists) : undefined;
    return lists.map(
      (ids, index) =>
        held[index] ??
        ids.map((id) =>
          this.#mayLookUp('permissions', id)
            ? (this.#heldPermission(id) ?? toPlaceholder(id, toPermission, why))
            : toPlaceholder(id, toPermission, undefined),
        ),
    );
  }

  /** Asks for all permissions where one of these is held by no document. */
  async #fetchPermissions(lists: readonly PermissionIds[]): Promise<NotFetched> {
    const isMissing = (id: string) =>
      this.#heldPermission(id) === undefined && this.#mayLookUp('permissions', id);
    if (!this.#lookup || !lists.some((ids) => ids.some(isMissing))) return undefined;
    const fetched = await this.#lookup.permissions();
    if (!(fetched instanceof Resources)) return fetched;
    this.#documents.push(fetched);
    return undefined;
  }

  /**
   * May a resource be looked up that no document holds? The server's keys may read more than the person whom the
   * request shows, so for a person it must be one that this person's documents point at.
   */
  #mayLookUp(type: string, id: string): boolean {
    if (this.#documents[0]?.identifiers === undefined) return true;
    const identifier = identifierOf(type, id);
    return this.#documents.some(({ identifiers }) => identifiers?.has(identifier));
  }

  #heldPermission(id: string): Permission | undefined {
    return this.#held((resources) => resources.permission(id));
  }

  /** From the first document that holds it. */
  #held<T>(find: (resources: Resources) => T | undefined): T | undefined {
    for (const resources of this.#documents) {
      const shape = find(resources);
      if (shape !== undefined) return shape;
    }
    return undefined;
  }
}
