import { memo, useId } from 'react';
import type { Column, Grant, Group, Row } from './matrix.ts';

interface Props {
  readonly group: Group;
  readonly columns: readonly Column[];
  readonly onExplain: (row: Row) => void;
}

/** Read aloud; shown as signs. */
const GRANT_TEXTS: Readonly<Record<Grant, string>> = {
  granted: 'granted',
  'not-granted': 'no',
  'empty-role': 'no, the role is empty',
  unknown: 'not known',
};

/** One group's permissions. The browser renders a group when it comes near the screen (`content-visibility`). */
export const PermissionGroup = memo(function PermissionGroup({ group, columns, onExplain }: Props) {
  const id = useId();
  return (
    <section className="group" aria-labelledby={id} style={{ '--rows': group.rows.length }}>
      <h3 id={id}>
        {group.name} <span className="group-count">{group.rows.length}</span>
      </h3>
      <table aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">Permission</th>
            {columns.map(({ role, name }) => (
              <th key={role.id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {group.rows.map((row) => (
            <tr key={row.permission.id}>
              <th scope="row">
                <button type="button" className="permission" onClick={() => onExplain(row)}>
                  {row.name}
                </button>
                {row.permission.restricted && <span className="restricted">restricted</span>}
              </th>
              {columns.map(({ role }, index) => (
                <td key={role.id} className={row.grants[index]}>
                  {GRANT_TEXTS[row.grants[index] ?? 'unknown']}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
});
