import type { Action } from './actions.ts';

interface Props {
  readonly action: Action;
  readonly status: 'denied' | 'unknown' | 'error';
  /** Why asking failed. */
  readonly message?: string | undefined;
  readonly onRetry?: () => void;
}

const SUMMARIES = {
  denied: 'Why not?',
  unknown: 'Not known: why?',
  error: 'Not known: why?',
};

/** Why a button is locked, and whom to ask. */
export function WhyNot({ action: { label, permission, contact }, status, ...props }: Props) {
  const subject = encodeURIComponent(`A role with ${permission}`);
  return (
    <details className="why-not">
      <summary>
        {SUMMARIES[status]}
        <span className="visually-hidden"> {label}</span>
      </summary>
      {status === 'denied' && (
        <p>
          None of your roles grants <code>{permission}</code>.
        </p>
      )}
      {status === 'unknown' && (
        <p>
          No role that is known grants <code>{permission}</code>, but not everything is known: a
          role’s permissions were not reported, or Datadog is not connected.
        </p>
      )}
      {status === 'error' && (
        <p>
          {props.message}{' '}
          <button type="button" className="link" onClick={props.onRetry}>
            Retry
          </button>
        </p>
      )}
      {status !== 'error' && (
        <p>
          Ask <a href={`mailto:${contact.email}?subject=${subject}`}>{contact.name}</a> for a role
          that grants it.
        </p>
      )}
    </details>
  );
}
