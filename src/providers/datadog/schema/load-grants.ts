import type { GraphQLResolveInfo } from 'graphql';
import type { Execution } from '../../../context.ts';
import type { Linkage } from '../../../lib/json-api-linkage.ts';
import { onceForEach } from '../../../lib/once-for-each.ts';
import type { Loaders } from '../loaders.ts';
import type { Permission, PermissionIds, Role, RoleIds } from '../model.ts';
import { isFilter, type PermissionFilter, permissionMatcher } from '../permission-filter.ts';
import { failureOf } from '../placeholder.ts';
import {
  type Grant,
  grantsOf,
  isAllKnown,
  isNothingKnown,
  type PermissionCheck,
  rolesGranting,
} from '../role-grants.ts';
import { onlyId } from './relationship.ts';

/** What a field passes on: its loaders, its path, and where to add partial errors. */
interface Asking {
  readonly loaders: Loaders;
  readonly partialErrors: Execution['partialErrors'];
  readonly path: GraphQLResolveInfo['path'];
}

/**
 * The grants of the roles that match the filter; null if there are roles, but none whose permissions are known.
 * @param wantsMoreThanId if false, permissions may have only their ids
 */
export async function loadGrants(
  asking: Asking,
  roleIds: RoleIds,
  filter: PermissionFilter,
  wantsMoreThanId: boolean,
): Promise<readonly Grant<Permission>[] | null> {
  const loaded = await loadRoles(asking, roleIds);
  if (isNothingKnown(loaded)) return null;
  const grants = grantsOf(loaded);
  if (!wantsMoreThanId && !isFilter(filter)) {
    return grants.map(({ permission, roles }) => ({ permission: onlyId(permission), roles }));
  }
  const permissions = await loadPermissions(asking, grants);
  const matches = permissionMatcher(filter);
  return permissions.flatMap((permission, index) =>
    matches(permission) ? { permission, roles: grants[index]?.roles ?? [] } : [],
  );
}

/**
 * Checks each name, in the order asked. `granted` is null if no known role grants it but not everything is known.
 * @param linkedRoles null if they are not known
 */
export async function loadPermissionChecks(
  asking: Asking,
  linkedRoles: Linkage | null,
  names: readonly string[],
): Promise<readonly PermissionCheck[]> {
  if (linkedRoles === null) return names.map((name) => ({ name, granted: null, grantedBy: [] }));
  const roles = await loadRoles(asking, linkedRoles.ids);
  const grants = grantsOf(roles);
  const permissions = await loadPermissions(asking, grants);
  const otherwise = linkedRoles.isWhole && isAllKnown(roles, permissions) ? false : null;
  return names.map((name) => {
    const grantedBy = rolesGranting(name, roles, grants, permissions);
    return { name, granted: grantedBy.length > 0 || otherwise, grantedBy };
  });
}

async function loadRoles(asking: Asking, ids: RoleIds): Promise<readonly Role[]> {
  return noteFailures(asking, await asking.loaders.roleLists.load(ids));
}

async function loadPermissions(
  asking: Asking,
  grants: readonly Grant<string>[],
): Promise<readonly Permission[]> {
  return noteFailures(asking, await asking.loaders.permissions.load(permissionIdsOf(grants)));
}

/** Returns the same array each time, because the loader's keys are arrays. */
const permissionIdsOf = onceForEach(
  (grants: readonly Grant<string>[]): PermissionIds => grants.map(({ permission }) => permission),
);

const failuresOf = onceForEach(
  (shapes: readonly object[]) => new Set(shapes.map(failureOf).filter((why) => why !== undefined)),
);

/** Adds partial errors for failures that leave something out of the field. */
function noteFailures<T extends object>(
  { partialErrors, path }: Asking,
  shapes: readonly T[],
): readonly T[] {
  for (const failure of failuresOf(shapes)) {
    const paths = partialErrors.get(failure) ?? new Set();
    partialErrors.set(failure, paths.add(path));
  }
  return shapes;
}
