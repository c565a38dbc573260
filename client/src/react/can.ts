'use client';
import type { ReactNode } from 'react';
import type { PermissionName } from '../permission-name.ts';
import { useCan } from './use-can.ts';

export interface CanProps {
  /** The name of the permission. */
  readonly do: PermissionName;
  /** Shown only to those who hold the permission. */
  readonly children?: ReactNode;
  /** Shown to others. */
  readonly fallback?: ReactNode;
  /** Shown until it is known. */
  readonly loading?: ReactNode;
  /** Shown if it cannot be known, or asking failed. Default: `fallback`. */
  readonly unknown?: ReactNode;
}

/** Shows its children if the person holds the permission. For comfort: the vendor enforces permissions. */
export function Can({
  do: name,
  children,
  fallback = null,
  loading = null,
  unknown = fallback,
}: CanProps): ReactNode {
  const { status } = useCan(name);
  switch (status) {
    case 'granted':
      return children;
    case 'denied':
      return fallback;
    case 'loading':
      return loading;
    default:
      return unknown;
  }
}
