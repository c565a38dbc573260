import { QueryClientProvider } from '@tanstack/react-query';
import { RolecallProvider } from 'rolecall-client/react';
import { GatedActions } from './actions/gated-actions.tsx';
import type { Session } from './data/session.ts';
import { IdentityCards } from './identity/identity-cards.tsx';
import { PermissionMatrix } from './matrix/permission-matrix.tsx';

/** Everything about one person. Its state and its cache end with the session. */
export function PersonPage({ session }: { readonly session: Session }) {
  return (
    <QueryClientProvider client={session.queryClient}>
      <RolecallProvider client={session.client}>
        <main id="main" tabIndex={-1}>
          <IdentityCards />
          <GatedActions />
          <PermissionMatrix fetchRoles={session.fetchRoles} />
        </main>
      </RolecallProvider>
    </QueryClientProvider>
  );
}
