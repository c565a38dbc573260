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

/** The JSON:API types of the loaders' resources. */
const TYPES = {
  organization: 'orgs',
  permission: 'permissions',
  role: 'roles',
  user: 'users',
} as const;

/**
 * One request's loaders: each resource is read at most once, and fetched at most once. A resource that no document holds
 * is looked up if there is a lookup; otherwise it is a placeholder.
 */
export class Loaders {
  /** The current user's document, fetched when the first field needs it. @throws {RolecallError} if Datadog does not return it */
  readonly currentUser: () => Promise<Resources>;
  readonly organizations: DataLoader<string, Organization>;
  readonly roles: DataLoader<string, Role>;
  /** By a list of ids: what a user's roles grant is computed once for each list that this returns. */
  readonly roleLists: DataLoader<RoleIds, readonly Role[]>;
  readonly users: DataLoader<string, User>;
  /** By a list of ids: a promise per permission would cost more than everything else. */
  readonly permissions: DataLoader<PermissionIds, readonly Permission[]>;

  /** The current user's document, and those that the lookup fetched. */
  readonly #documents: Resources[] = [];
  readonly #lookup: RestLookup | undefined;

  /**
   * @param fetchCurrentUser calls Datadog for the user whom the request shows
   * @param fetchOrganizations for a user whose document includes no organizations
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
    this.roles = this.#byId('role', toRole, async (id) => this.#keep(await lookup?.role(id)));
    this.roleLists = new DataLoader(async (lists) =>
      Promise.all(
        lists.map((ids) =>
          Promise.all(ids.map((id) => this.roles.load(id))).catch((error: Error) => error),
        ),
      ),
    );
    this.users = this.#byId('user', toUser, async (id) => this.#keep(await lookup?.user(id)));
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
      return (fetched[name](id) as Shape | undefined) ?? toPlaceholder(id, toShape, undefined);
    };
    return new DataLoader(async (ids) => {
      await this.currentUser();
      // An Error affects only its id; a rejection would affect the whole batch.
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
          this.#mayLookUp(TYPES.permission, id)
            ? (this.#heldPermission(id) ?? toPlaceholder(id, toPermission, why))
            : toPlaceholder(id, toPermission, undefined),
        ),
    );
  }

  /** Fetches all permissions if no document holds one of these. */
  async #fetchPermissions(lists: readonly PermissionIds[]): Promise<NotFetched> {
    const isMissing = (id: string) =>
      this.#heldPermission(id) === undefined && this.#mayLookUp(TYPES.permission, id);
    if (!this.#lookup || !lists.some((ids) => ids.some(isMissing))) return undefined;
    const fetched = this.#keep(await this.#lookup.permissions());
    return fetched instanceof Resources ? undefined : fetched;
  }

  /** For what else the document holds. Not for organizations: those of the keys' owner are not the person's. */
  #keep(fetched: Resources | NotFetched): Resources | NotFetched {
    if (fetched instanceof Resources) this.#documents.push(fetched);
    return fetched;
  }

  /**
   * May a resource that no document holds be looked up? The server's keys may read more than the person whom the request
   * shows, so for a person, only what their own document points at, and the permissions of roles.
   */
  #mayLookUp(type: string, id: string): boolean {
    const [own, ...others] = this.#documents;
    if (own?.identifiers === undefined) return true;
    const identifier = identifierOf(type, id);
    const pointing = type === TYPES.permission ? [own, ...others] : [own];
    return pointing.some(({ identifiers }) => identifiers?.has(identifier));
  }

  /** The document that holds this user; undefined for a placeholder. */
  sourceOf(user: User): Resources | undefined {
    return this.#documents.find((resources) => resources.user(user.id) === user);
  }

  #heldPermission(id: string): Permission | undefined {
    return this.#held((resources) => resources.permission(id));
  }

  /** The first document's resource. */
  #held<T>(find: (resources: Resources) => T | undefined): T | undefined {
    for (const resources of this.#documents) {
      const shape = find(resources);
      if (shape !== undefined) return shape;
    }
    return undefined;
  }
}
