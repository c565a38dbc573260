import { type QueryClient, queryOptions } from '@tanstack/react-query';
import type { PermissionCheck } from '../checks.ts';
import type { RolecallClient, Viewer } from '../client.ts';
import type { PermissionName } from '../permission-name.ts';
import { keyOf } from './keys.ts';

export function viewerQuery(queryClient: QueryClient, client: RolecallClient) {
  return queryOptions<Viewer>({
    queryKey: [...keyOf(queryClient, client), 'viewer'],
    queryFn: ({ signal }) => client.viewer({ signal }),
  });
}

export function checkQuery(queryClient: QueryClient, client: RolecallClient, name: PermissionName) {
  return queryOptions<PermissionCheck>({
    queryKey: [...keyOf(queryClient, client), 'check', name],
    queryFn: ({ signal }) => client.can(name, { signal }),
  });
}

/** Asks on a server for what `useViewer` shows. Never rejects: after a failure, the page asks itself. */
export function prefetchViewer(queryClient: QueryClient, client: RolecallClient): Promise<void> {
  return queryClient.prefetchQuery(viewerQuery(queryClient, client));
}

/** As `prefetchViewer`, for `useCan` and `Can`, in one request. */
export async function prefetchChecks(
  queryClient: QueryClient,
  client: RolecallClient,
  names: readonly PermissionName[],
): Promise<void> {
  await Promise.all(
    names.map((name) => queryClient.prefetchQuery(checkQuery(queryClient, client, name))),
  );
}
