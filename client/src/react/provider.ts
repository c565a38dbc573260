'use client';
import { focusManager, type QueryClient, useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
} from 'react';
import type { RolecallClient } from '../client.ts';
import { keyOf } from './keys.ts';

/** Numbers query clients. */
const numbers = new WeakMap<QueryClient, number>();
let count = 0;

const DEFAULT_STALE_MS = 30_000;

interface Rolecall {
  readonly client: RolecallClient;
  readonly queryClient: QueryClient;
  readonly staleTime: number;
}

export interface RolecallProviderProps {
  /** Asks for one person. Create another one for another person, and none while rendering. */
  readonly client: RolecallClient;
  /** Default: that of the `QueryClientProvider` around this. */
  readonly queryClient?: QueryClient | undefined;
  /** How long a response is used without asking again, in milliseconds. Default: 30 seconds. */
  readonly staleTime?: number | undefined;
  /** How often to ask again while the page is visible, in milliseconds. Default: `false`, not by the clock. */
  readonly refetchInterval?: number | false | undefined;
  readonly children?: ReactNode;
}

const RolecallContext = createContext<Rolecall | null>(null);

/** Lets `useViewer`, `useCan` and `Can` below it ask this client. */
export function RolecallProvider({
  client,
  queryClient: own,
  staleTime = DEFAULT_STALE_MS,
  refetchInterval = false,
  children,
}: RolecallProviderProps): ReactNode {
  const queryClient = useQueryClient(own);
  useEffect(() => {
    // As QueryClientProvider does, so that it notices focus and the network.
    queryClient.mount();
    return () => queryClient.unmount();
  }, [queryClient]);
  useEffect(() => {
    if (refetchInterval === false) return;
    // One timer: those of the queries would drift apart, and so would their requests.
    const timer = setInterval(() => {
      if (!focusManager.isFocused()) return;
      const queryKey = keyOf(queryClient, client);
      void queryClient.refetchQueries({ queryKey, type: 'active' }, { cancelRefetch: false });
    }, refetchInterval);
    return () => clearInterval(timer);
  }, [client, queryClient, refetchInterval]);
  const value = useMemo(
    () => ({ client, queryClient, staleTime }),
    [client, queryClient, staleTime],
  );
  // Hooks of TanStack Query keep the query client that they began with, so another one needs other components.
  return createElement(RolecallContext.Provider, { key: numberOf(queryClient), value }, children);
}

function numberOf(queryClient: QueryClient): number {
  const number = numbers.get(queryClient) ?? ++count;
  numbers.set(queryClient, number);
  return number;
}

/** @throws {Error} outside of a `RolecallProvider` */
export function useRolecall(): Rolecall {
  const rolecall = useContext(RolecallContext);
  if (rolecall === null) throw new Error('There is no <RolecallProvider> around this component.');
  return rolecall;
}
