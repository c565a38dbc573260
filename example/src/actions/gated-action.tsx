import { Can, useCan } from 'rolecall-client/react';
import type { Action } from './actions.ts';
import { WhyNot } from './why-not.tsx';

interface Props {
  readonly action: Action;
  readonly onDone: (label: string) => void;
}

/** A button for those who may, and for others the same button locked, with the reason. */
export function GatedAction({ action, onDone }: Props) {
  const { label, permission } = action;
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
            <WhyNot action={action} status="denied" />
          </>
        }
        unknown={<UnsettledAction action={action} />}
      >
        <button type="button" className="primary" onClick={() => onDone(label)}>
          {label}
        </button>
        <GrantedBy permission={permission} />
      </Can>
    </li>
  );
}

/** It cannot be known, or asking failed. */
function UnsettledAction({ action }: { readonly action: Action }) {
  const { status, error, refetch } = useCan(action.permission);
  return (
    <>
      <LockedButton label={action.label} state="unknown" />
      <WhyNot
        action={action}
        status={status === 'error' ? 'error' : 'unknown'}
        message={error?.message}
        onRetry={refetch}
      />
    </>
  );
}

function LockedButton({ label, state }: { readonly label: string; readonly state: string }) {
  return (
    <button type="button" className={`locked locked-${state}`} disabled>
      {label}
    </button>
  );
}

function GrantedBy({ permission }: { readonly permission: string }) {
  const { grantedBy } = useCan(permission);
  const [first, ...others] = grantedBy.map(({ name }) => name ?? 'a role without a name');
  return (
    <p className="action-state" title={[first, ...others].join(', ')}>
      by {first}
      {others.length > 0 && ` and ${others.length} more`}
    </p>
  );
}
