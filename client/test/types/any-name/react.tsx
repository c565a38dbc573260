import { QueryClient } from '@tanstack/react-query';
import { createRolecallClient } from 'rolecall-client';
import {
  Can,
  prefetchChecks,
  prefetchViewer,
  RolecallProvider,
  useCan,
  useViewer,
} from 'rolecall-client/react';

const client = createRolecallClient({ url: '/graphql' });
const queryClient = new QueryClient();

export function App() {
  return (
    <RolecallProvider client={client} queryClient={queryClient} refetchInterval={60_000}>
      <Can do="anything" fallback="no" loading={<i>…</i>} unknown={null}>
        <b>yes</b>
      </Can>
      <Page />
    </RolecallProvider>
  );
}

export const without = (
  // @ts-expect-error The client is required.
  <RolecallProvider />
);
// @ts-expect-error The permission is required.
export const nothing = <Can>yes</Can>;

function Page() {
  const { status, allowed, grantedBy, asOf, error } = useCan('anything');
  const exact: 'loading' | 'granted' | 'denied' | 'unknown' | 'error' = status;
  const { data } = useViewer();
  // @ts-expect-error It may be loading.
  data.providers;
  const isAllowed: boolean = allowed;
  return `${exact} ${isAllowed} ${grantedBy[0]?.name} ${asOf} ${error?.message} ${data?.providers.length}`;
}

export const prefetched: Promise<unknown> = Promise.all([
  prefetchViewer(queryClient, client),
  prefetchChecks(queryClient, client, ['anything']),
]);
