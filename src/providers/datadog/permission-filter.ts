import { known, type Lenient } from '../../schema/lenient.ts';
import type { Permission } from './model.ts';

/** The arguments of `permissions` and `grants`; null means no filter. */
export interface PermissionFilter {
  readonly names?: readonly string[] | null | undefined;
  readonly groupName?: string | null | undefined;
  readonly restricted?: boolean | null | undefined;
}

export function isFilter({ names, groupName, restricted }: PermissionFilter): boolean {
  return (names ?? groupName ?? restricted ?? null) !== null;
}

/** All conditions must hold; an unknown attribute does not match. */
export function permissionMatcher({
  names,
  groupName,
  restricted,
}: PermissionFilter): (permission: Permission) => boolean {
  const wanted = names ? new Set(names) : null;
  return (permission) =>
    (wanted === null || isIn(wanted, known(permission.name))) &&
    isOrAny(groupName, permission.groupName) &&
    isOrAny(restricted, permission.restricted);
}

function isIn(wanted: ReadonlySet<string>, name: string | null): boolean {
  return name !== null && wanted.has(name);
}

function isOrAny<T>(wanted: T | null | undefined, value: Lenient<T>): boolean {
  return wanted === null || wanted === undefined || known(value) === wanted;
}
