import type { Column } from './matrix.ts';

/** The roles, and how much is known of each. */
export function RoleLegend({ columns }: { readonly columns: readonly Column[] }) {
  return (
    <ul className="legend" aria-label="Roles">
      {columns.map(({ role, name, letter, kind }) => (
        <li key={role.id} className={`legend-role legend-role-${kind}`}>
          <span className="role-letter" aria-hidden="true">
            {letter}
          </span>
          <span>
            <span className="legend-name">{name}</span>
            <span className="legend-state">{stateText(role.permissions?.length)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function stateText(count: number | undefined): string {
  if (count === undefined) return 'permissions not known';
  if (count === 0) return 'empty: grants nothing';
  return count === 1 ? '1 permission' : `${count} permissions`;
}
