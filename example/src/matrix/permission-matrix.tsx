import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Session } from '../data/session.ts';
import { Failure } from '../failure.tsx';
import { MatrixOfRoles } from './matrix-of-roles.tsx';

/** Which role grants what. */
export function PermissionMatrix({ fetchRoles }: Pick<Session, 'fetchRoles'>) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['roles'],
    queryFn: ({ signal }) => fetchRoles(signal),
    staleTime: 30_000,
    retry: false,
  });
  return (
    <section aria-labelledby="matrix-heading" aria-busy={isFetching}>
      <h2 id="matrix-heading">Who lets me?</h2>
      <p className="section-note">
        My permissions at Datadog, and the roles that grant them. Choose one to see why.
      </p>
      {content()}
    </section>
  );

  function content(): ReactNode {
    if (error) {
      return <Failure error={error} isRetrying={isFetching} onRetry={() => void refetch()} />;
    }
    if (data === undefined) return <LoadingMatrix />;
    if (data === null) return <p className="empty">Datadog is not connected.</p>;
    if (data.roles === null) return <p className="empty">The roles are not known.</p>;
    if (data.roles.length === 0) {
      return <p className="empty">Datadog says that there are no roles, so nothing is granted.</p>;
    }
    return <MatrixOfRoles roles={data.roles} asOf={data.asOf} />;
  }
}

function LoadingMatrix() {
  return (
    <div className="loading-matrix" role="status">
      <span className="visually-hidden">Asking for the roles …</span>
      {[1, 2, 3, 4, 5, 6].map((line) => (
        <span key={line} className="skeleton skeleton-row" />
      ))}
    </div>
  );
}
