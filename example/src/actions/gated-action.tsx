import { Can, type CanResult, useCan } from 'rolecall-client/react';
import type { Action } from './actions.ts';
import { WhyNot } from './why-not.tsx';

interface Props {
  readonly action: Action;
  readonly onDone: (label: string) => void;
}

/** A button for those who may, and for others the same button locked, with the reason. */
export function GatedAction({ action, onDone }: Props) {
  const { label, permission } = action;
  // Here and not in what <Can> shows: there, it would come and go, and each time ask again about what failed.
  const { grantedBy, error, refetch } = useCan(permission);
  return (
    <li className="action" aria-live="polite">
      <Can
        do={permission}
        loading={
          <>
            <LockedButton label={label} state="loading" />
            <p className="action-state">Asking …</p>
          </>
        }
        fallback={
          <>
            <LockedButton label={label} state="denied" />
            <WhyNot action={action} isKnown />
          </>
        }
        unknown={
          <>
            <LockedButton label={label} state="unknown" />
            <WhyNot action={action} isKnown={false} error={error} onRetry={refetch} />
          </>
        }
      >
        <button type="button" className="primary" onClick={() => onDone(label)}>
          {label}
        </button>
        <GrantedBy roles={grantedBy} />
      </Can>
    </li>
  );
}

function LockedButton({ label, state }: { readonly label: string; readonly state: string }) {
  return (
    <button type="button" className={`locked locked-${state}`} disabled>
      {label}
    </button>
  );
}

function GrantedBy({ roles }: { readonly roles: CanResult['grantedBy'] }) {
  const [first, ...others] = roles.map(({ name }) => name ?? 'a role without a name');
  return (
    <p className="action-state">
      by {first}
      {others.length > 0 && ` and ${others.length} more`}
    </p>
  );
}
