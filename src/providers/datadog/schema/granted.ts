import {
  type Grant,
  grantsOf,
  grantsPermission,
  isFilter,
  type PermissionFilter,
  permissionMatcher,
} from '../grants.ts';
import type { Loaders } from '../loaders.ts';
import type { Permission, Role } from '../model.ts';
import { reference } from './expand.ts';

/** What the roles grant and the filter lets through; with bare permissions unless more than ids are `wanted`. */
export async function loadGrants(
  loaders: Loaders,
  roleIds: readonly string[],
  filter: PermissionFilter,
  wanted: boolean,
): Promise<readonly Grant<Permission>[]> {
  const grants = grantsOf(await loadRoles(loaders, roleIds));
  if (!wanted && !isFilter(filter)) {
    return grants.map(({ permission, roles }) => ({ permission: reference(permission), roles }));
  }
  const permissions = await loadPermissions(loaders, grants);
  const matches = permissionMatcher(filter);
  return permissions.flatMap((permission, index) =>
    matches(permission) ? { permission, roles: grants[index]?.roles ?? [] } : [],
  );
}

/** Do the roles grant the permission of this name or alias? Null where that cannot be known. */
export async function loadHasPermission(
  loaders: Loaders,
  roleIds: readonly string[],
  name: string,
): Promise<boolean | null> {
  const roles = await loadRoles(loaders, roleIds);
  return grantsPermission(roles, await loadPermissions(loaders, grantsOf(roles)), name);
}

function loadRoles(loaders: Loaders, ids: readonly string[]): Promise<Role[]> {
  return Promise.all(ids.map((id) => loaders.roles.load(id)));
}

function loadPermissions(
  loaders: Loaders,
  grants: readonly Grant<string>[],
): Promise<readonly Permission[]> {
  return loaders.permissions.load(grants.map(({ permission }) => permission));
}
