import { onceForEach } from '../../lib/once-for-each.ts';
import { known } from '../../schema/lenient.ts';
import type { Permission, Role } from './model.ts';

/** A permission and the roles that grant it. */
export interface Grant<PermissionShape> {
  readonly permission: PermissionShape;
  readonly roles: readonly Role[];
}

/** Whether a user holds a permission, by its name or an alias. */
export interface PermissionCheck {
  readonly name: string;
  /** Null if it cannot be known. */
  readonly granted: boolean | null;
  /** The known roles that grant it, in the order of the user's roles. */
  readonly grantedBy: readonly Role[];
}

/** What these roles grant, as far as known: permission ids without duplicates, in the order first granted. */
export const grantsOf = onceForEach(computeGrants);

function computeGrants(roles: readonly Role[]): readonly Grant<string>[] {
  const granting = new Map<string, Role[]>();
  for (const role of roles) {
    for (const id of known(role.linkedPermissions)?.ids ?? []) {
      const others = granting.get(id);
      if (others === undefined) granting.set(id, [role]);
      else others.push(role);
    }
  }
  return Array.from(granting, ([permission, grantors]) => ({ permission, roles: grantors }));
}

/** Are there roles, none of whose permissions are known? */
export function isNothingKnown(roles: readonly Role[]): boolean {
  return roles.length > 0 && roles.every((role) => known(role.linkedPermissions) === null);
}

/** Are all permissions of the roles and all their names known? */
export function isAllKnown(roles: readonly Role[], permissions: readonly Permission[]): boolean {
  return (
    roles.every((role) => known(role.linkedPermissions)?.isWhole ?? false) &&
    permissions.every((permission) => known(permission.name) !== null)
  );
}

/** Where permissions with each name or alias are in the list. Unknown aliases count as none. */
const placesOf = onceForEach((permissions: readonly Permission[]) => {
  const places = new Map<string, number[]>();
  permissions.forEach((permission, place) => {
    for (const name of [known(permission.name), ...(known(permission.nameAliases) ?? [])]) {
      if (name === null) continue;
      const others = places.get(name);
      if (others === undefined) places.set(name, [place]);
      else others.push(place);
    }
  });
  return places;
});

/**
 * The roles that grant a permission with this name or alias, in the order of the user's roles.
 * @param grants what the roles grant
 * @param permissions those of the grants, in the same order
 */
export function rolesGranting(
  name: string,
  roles: readonly Role[],
  grants: readonly Grant<string>[],
  permissions: readonly Permission[],
): readonly Role[] {
  const [first, ...others] = (placesOf(permissions).get(name) ?? []).map(
    (place) => grants[place]?.roles ?? [],
  );
  if (first === undefined || others.length === 0) return first ?? [];
  const granting = new Set([first, ...others].flat());
  return roles.filter((role) => granting.has(role));
}
