import { onceForEach } from '../../lib/once-for-each.ts';
import { known } from '../../schema/lenient.ts';
import type { Permission, Role } from './model.ts';

/** A permission and the roles that grant it. */
export interface Grant<PermissionShape> {
  readonly permission: PermissionShape;
  readonly roles: readonly Role[];
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

/** Does the permission have this name or alias? Unknown aliases count as none. */
export function isNamed(permission: Permission, name: string): boolean {
  return (
    known(permission.name) === name || (known(permission.nameAliases)?.includes(name) ?? false)
  );
}
