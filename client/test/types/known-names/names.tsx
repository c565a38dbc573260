import type { QueryClient } from '@tanstack/react-query';
import type { PermissionName, RolecallClient } from 'rolecall-client';
import { Can, prefetchChecks, useCan } from 'rolecall-client/react';

export function useNames(client: RolecallClient, queryClient: QueryClient, text: string) {
  useCan('dashboards_write');
  // @ts-expect-error A misspelt name.
  useCan('dashbords_write');
  // @ts-expect-error Any text.
  useCan(text);
  client.can('billing_read');
  // @ts-expect-error A misspelt name.
  client.can('biling_read');
  client.check(['billing_read', 'dashboards_write']);
  // @ts-expect-error One misspelt name.
  client.check(['billing_read', 'dashbords_write']);
  prefetchChecks(queryClient, client, ['billing_read']);
  // @ts-expect-error A misspelt name.
  prefetchChecks(queryClient, client, ['biling_read']);
  const exact: 'billing_read' | 'dashboards_write' = text as PermissionName;
  return exact;
}

export const may = <Can do="dashboards_write">yes</Can>;
// @ts-expect-error A misspelt name.
export const mayNot = <Can do="dashbords_write">no</Can>;
