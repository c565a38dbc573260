'use client';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Viewer } from '../client.ts';
import { useRolecall } from './provider.ts';
import { viewerQuery } from './queries.ts';
import { afterFailure } from './transient.ts';

/**
 * Who the person is, as a result of TanStack Query: `data` is the viewer. Providers that failed are in `data.errors`;
 * `error` says that Rolecall itself failed.
 */
export function useViewer(): UseQueryResult<Viewer> {
  const { client, queryClient, staleTime } = useRolecall();
  return useQuery({ ...viewerQuery(queryClient, client), staleTime, ...afterFailure }, queryClient);
}
