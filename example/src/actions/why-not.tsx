import type { Action } from './actions.ts';

interface Props {
  readonly action: Action;
  /** Is it known that no role grants it? */
  readonly isKnown: boolean;
  /** Why asking failed. */
  readonly error?: Error | null;
  readonly onRetry?: () => void;
}

/** Why a button is locked, and whom to ask. */
export function WhyNot({ action, isKnown, error, onRetry }: Props) {
  const { label, permission, contact } = action;
  const subject = encodeURIComponent(`A role with ${permission}`);
  return (
    <details className="why-not">
      <summary>
        {isKnown ? 'Why not?' : 'Not known: why?'}
        <span className="visually-hidden"> {label}</span>
      </summary>
      {error ? (
        <p>
          {error.message}{' '}
          <button type="button" className="link" onClick={onRetry}>
            Retry
          </button>
        </p>
      ) : (
        <>
          <Reason permission={permission} isKnown={isKnown} />
          <p>
            Ask <a href={`mailto:${contact.email}?subject=${subject}`}>{contact.name}</a> for a role
            that grants it.
          </p>
        </>
      )}
    </details>
  );
}

function Reason({ permission, isKnown }: { permission: string; isKnown: boolean }) {
  return isKnown ? (
    <p>
      None of your roles grants <code>{permission}</code>.
    </p>
  ) : (
    <p>
      No role that is known grants <code>{permission}</code>, but not everything is known: a role’s
      permissions were not reported, or Datadog is not connected.
    </p>
  );
}
