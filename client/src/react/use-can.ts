'use client';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { PermissionCheck } from '../checks.ts';
import type { PermissionName } from '../permission-name.ts';
import { useRolecall } from './provider.ts';
import { checkQuery } from './queries.ts';
import { afterFailure, isTransient } from './transient.ts';

export type CanStatus = 'loading' | 'granted' | 'denied' | 'unknown' | 'error';

/** What a page may show, and why. */
export interface CanResult {
  /** `unknown`: it cannot be known. `error`: the request failed; `error` says why. */
  readonly status: CanStatus;
  /** True only if `status` is `granted`. */
  readonly allowed: boolean;
  /** The known roles that grant it. */
  readonly grantedBy: PermissionCheck['grantedBy'];
  /** When Datadog said so (RFC 3339); null if that is not known. */
  readonly asOf: string | null;
  /** The last failure, a `RolecallError` unless something else threw. Not null beside an older response. */
  readonly error: Error | null;
  /** Asks again now. */
  readonly refetch: () => void;
}

const NOBODY: PermissionCheck['grantedBy'] = [];

/**
 * May the person do this? While it is asked again, and if that fails for a while, the last response stays. A refusal,
 * such as after a sign-out, replaces it.
 */
export function useCan(name: PermissionName): CanResult {
  const { client, queryClient, staleTime } = useRolecall();
  const { data, error, refetch } = useQuery(
    { ...checkQuery(queryClient, client, name), staleTime, ...afterFailure },
    queryClient,
  );
  const again = useCallback(() => void refetch(), [refetch]);
  return useMemo(() => {
    const status = statusOf(data, error);
    const isKnown = status === 'granted' || status === 'denied' || status === 'unknown';
    return {
      status,
      allowed: status === 'granted',
      grantedBy: isKnown && data ? data.grantedBy : NOBODY,
      asOf: isKnown && data ? data.asOf : null,
      error,
      refetch: again,
    };
  }, [data, error, again]);
}

function statusOf(check: PermissionCheck | undefined, error: Error | null): CanStatus {
  if (error && !(check && isTransient(error))) return 'error';
  if (!check) return 'loading';
  if (check.granted === null) return 'unknown';
  return check.granted ? 'granted' : 'denied';
}
