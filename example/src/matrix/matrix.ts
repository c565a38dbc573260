import type { Permission, Role } from '../data/roles.ts';

/** What a role says about one permission. */
export type Grant = 'granted' | 'not-granted' | 'empty-role' | 'unknown';

export interface Column {
  readonly role: Role;
  readonly name: string;
  /** `A`, `B`: what stands for the name where there is little room. */
  readonly letter: string;
  readonly kind: 'known' | 'empty' | 'unknown';
}

export interface Row {
  readonly permission: Permission;
  readonly name: string;
  /** One for each column. */
  readonly grants: readonly Grant[];
}

export interface Group {
  readonly name: string;
  readonly rows: readonly Row[];
}

export interface Matrix {
  readonly columns: readonly Column[];
  readonly groups: readonly Group[];
  readonly count: number;
}

const NO_GROUP = 'Without a group';

/** Every permission that one of the roles grants, by group, in alphabetical order. */
export function matrixOf(roles: readonly Role[]): Matrix {
  const columns = roles.map((role, index) => ({
    role,
    name: role.name ?? 'A role without a name',
    letter: String.fromCharCode('A'.charCodeAt(0) + (index % 26)),
    kind: kindOf(role),
  }));
  const granted = roles.map(({ permissions }) => new Set(permissions?.map(({ id }) => id)));
  const permissions = new Map(
    roles.flatMap((role) => role.permissions ?? []).map((each) => [each.id, each] as const),
  );
  const rows = [...permissions.values()].map((permission) => ({
    permission,
    name: nameOf(permission),
    grants: columns.map(({ kind }, index): Grant => {
      if (kind === 'unknown') return 'unknown';
      if (kind === 'empty') return 'empty-role';
      return granted[index]?.has(permission.id) ? 'granted' : 'not-granted';
    }),
  }));
  const groups = Map.groupBy(rows, ({ permission }) => permission.groupName ?? NO_GROUP);
  return {
    columns,
    groups: [...groups]
      .map(([name, members]) => ({ name, rows: members }))
      .sort((one, other) => one.name.localeCompare(other.name)),
    count: rows.length,
  };
}

/** The groups with the rows that contain the text in a name, or in their group's. */
export function filterGroups(
  groups: readonly Group[],
  text: string,
  onlyRestricted: boolean,
): readonly Group[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && !onlyRestricted) return groups;
  return groups
    .map(({ name, rows }) => ({
      name,
      rows: rows.filter(
        (row) =>
          (!onlyRestricted || row.permission.restricted === true) &&
          `${row.name} ${row.permission.name} ${name}`.toLowerCase().includes(wanted),
      ),
    }))
    .filter(({ rows }) => rows.length > 0);
}

function kindOf({ permissions }: Role): Column['kind'] {
  if (permissions === null) return 'unknown';
  return permissions.length === 0 ? 'empty' : 'known';
}

function nameOf({ displayName, name, id }: Permission): string {
  return displayName ?? name ?? id;
}
