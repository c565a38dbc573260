import { useEffect, useRef } from 'react';
import type { Column, Grant, Row } from './matrix.ts';

interface Props {
  readonly row: Row;
  readonly columns: readonly Column[];
  readonly asOf: string | null;
  readonly onClose: () => void;
}

/** Why the person may do this: what each role says. The browser keeps the focus inside, and gives it back. */
export function Explanation({ row, columns, asOf, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { name, permission, grants } = row;
  const rolesWith = (grant: Grant) => columns.filter((_, index) => grants[index] === grant);
  return (
    <dialog ref={dialog} className="explanation" aria-labelledby="explained" onClose={onClose}>
      <h2 id="explained">Why may I “{name}”?</h2>
      <p>
        {permission.name && <code>{permission.name}</code>}
        {permission.restricted && <span className="restricted">restricted</span>}
      </p>
      {permission.description && <p>{permission.description}</p>}
      <Roles title="Granted by" columns={rolesWith('granted')} />
      <Roles
        title="Not granted by"
        columns={[...rolesWith('not-granted'), ...rolesWith('empty-role')]}
      />
      <Roles title="Not known of" columns={rolesWith('unknown')} />
      {asOf && <p className="as-of">As Datadog said at {new Date(asOf).toLocaleTimeString()}.</p>}
      <form method="dialog">
        <button type="submit" className="secondary">
          Close
        </button>
      </form>
    </dialog>
  );
}

function Roles({
  title,
  columns,
}: {
  readonly title: string;
  readonly columns: readonly Column[];
}) {
  if (columns.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {columns.map(({ role, name, kind }) => (
          <li key={role.id}>
            {name}
            {kind === 'empty' && ' (grants nothing)'}
          </li>
        ))}
      </ul>
    </>
  );
}
