import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import type { Role } from '../data/roles.ts';
import { Explanation } from './explanation.tsx';
import { filterGroups, matrixOf, type Row } from './matrix.ts';
import { PermissionGroup } from './permission-group.tsx';
import { RoleLegend } from './role-legend.tsx';

interface Props {
  readonly roles: readonly Role[];
  readonly asOf: string | null;
}

/** Permissions × roles, with a search. */
export function MatrixOfRoles({ roles, asOf }: Props) {
  const { columns, groups, count } = useMemo(() => matrixOf(roles), [roles]);
  const [search, setSearch] = useState('');
  const [onlyRestricted, setOnlyRestricted] = useState(false);
  const [explained, setExplained] = useState<Row | null>(null);
  // Typing goes before rows.
  const wanted = useDeferredValue(search);
  const shown = useMemo(
    () => filterGroups(groups, wanted, onlyRestricted),
    [groups, wanted, onlyRestricted],
  );
  const shownCount = shown.reduce((sum, { rows }) => sum + rows.length, 0);
  const close = useCallback(() => setExplained(null), []);
  return (
    <div style={{ '--roles': columns.length }}>
      <RoleLegend columns={columns} />
      <div className="matrix-tools">
        <label className="matrix-search">
          <span className="visually-hidden">Search permissions</span>
          <input
            type="search"
            placeholder="Search permissions"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
        <label className="matrix-filter">
          <input
            type="checkbox"
            checked={onlyRestricted}
            onChange={(event) => setOnlyRestricted(event.target.checked)}
          />
          Restricted only
        </label>
        <p className="matrix-count" role="status">
          {shownCount === count ? `${count} permissions` : `${shownCount} of ${count} permissions`}
        </p>
      </div>
      <div className="matrix">
        <div className="matrix-head" aria-hidden="true">
          <span>Permission</span>
          {columns.map(({ role, name, letter, kind }) => (
            <span key={role.id} className={`matrix-role matrix-role-${kind}`}>
              <span className="role-letter">{letter}</span>
              <span className="role-name">{name}</span>
            </span>
          ))}
        </div>
        {shown.map((group) => (
          <PermissionGroup
            key={group.name}
            group={group}
            columns={columns}
            onExplain={setExplained}
          />
        ))}
        {shownCount === 0 && (
          <p className="empty">
            {count === 0 ? 'No known role grants anything.' : 'No permission matches.'}
          </p>
        )}
      </div>
      {explained && <Explanation row={explained} columns={columns} asOf={asOf} onClose={close} />}
    </div>
  );
}
