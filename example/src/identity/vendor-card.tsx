import { type ReactNode, useId } from 'react';
import type { ErrorDetails } from 'rolecall-client';
import { Failure } from '../failure.tsx';

interface Props {
  readonly title: string;
  readonly isLoading: boolean;
  readonly isConnected: boolean | undefined;
  readonly error: ErrorDetails | undefined;
  readonly isRetrying: boolean;
  readonly onRetry: () => void;
  /** The user, if there is one. */
  readonly children: ReactNode;
}

/** One vendor's user, or why there is none. */
export function VendorCard({ title, isLoading, isConnected, children, error, ...retry }: Props) {
  const id = useId();
  return (
    <article className="card" aria-labelledby={id} aria-busy={isLoading}>
      <h2 id={id} className="card-title">
        {title}
      </h2>
      <div aria-live="polite">{content()}</div>
    </article>
  );

  function content() {
    if (isLoading) return <LoadingIdentity title={title} />;
    if (children) return children;
    if (error) return <Failure error={error} {...retry} />;
    return (
      <p className="empty">
        {isConnected
          ? `${title} sent no user.`
          : `Not connected: the backend has no key for ${title}.`}
      </p>
    );
  }
}

function LoadingIdentity({ title }: { readonly title: string }) {
  return (
    <div className="loading-identity">
      <span className="visually-hidden">Asking {title} …</span>
      <span className="skeleton skeleton-avatar" />
      <span className="skeleton skeleton-line" />
      <span className="skeleton skeleton-line" />
      <span className="skeleton skeleton-line" />
    </div>
  );
}
