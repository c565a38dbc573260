import type { ErrorDetails } from 'rolecall-client';

interface Props {
  readonly error: Error | ErrorDetails;
  readonly isRetrying: boolean;
  readonly onRetry: () => void;
}

/** What failed, in the vendor's or Rolecall's own words, and a way to ask again. */
export function Failure({ error, isRetrying, onRetry }: Props) {
  const code = 'code' in error ? error.code : null;
  return (
    <div className="failure">
      <p className="failure-message">{error.message}</p>
      {code && <p className="failure-code">{code}</p>}
      <button type="button" className="secondary" aria-disabled={isRetrying} onClick={onRetry}>
        {isRetrying ? 'Retrying …' : 'Retry'}
      </button>
    </div>
  );
}
