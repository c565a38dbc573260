import type { QueryClient } from '@tanstack/react-query';
import { createElement, type ReactNode } from 'react';
import type { RolecallClient } from '../../src/index.ts';
import { Can, RolecallProvider, useCan, useViewer } from '../../src/react/index.ts';

/** 50 permissions, the last of which the sandbox's person holds. */
export const NAMES = [
  ...Array.from({ length: 49 }, (_, index) => `name_${index}`),
  'dashboards_write',
];

function Card(): ReactNode {
  const { data } = useViewer();
  const { status, grantedBy } = useCan('dashboards_write');
  return createElement('p', null, `${data?.datadog?.displayName}: ${status} ${grantedBy[0]?.name}`);
}

/** A page of the viewer and 50 checks, for the server and the browser. */
export function Application(props: {
  readonly client: RolecallClient;
  readonly queryClient: QueryClient;
}): ReactNode {
  return createElement(
    RolecallProvider,
    props,
    createElement(Card),
    ...NAMES.map((name) =>
      createElement(
        Can,
        { do: name, fallback: createElement('i', null, 'no'), loading: '…' },
        'yes',
      ),
    ),
  );
}
