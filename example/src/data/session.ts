import { QueryClient } from '@tanstack/react-query';
import { createRolecallClient, type RolecallClient } from 'rolecall-client';
import { type Choices, headersOf } from '../choices/choices.ts';
import { fetchRoles, type Roles } from './roles.ts';

export const GRAPHQL_URL = '/graphql';

/** What asks for one person, and what was received for them: another person gets another session. */
export interface Session {
  readonly client: RolecallClient;
  readonly queryClient: QueryClient;
  readonly fetchRoles: (signal: AbortSignal) => Promise<Roles>;
}

export function createSession(choices: Choices): Session {
  const headers = headersOf(choices);
  return {
    client: createRolecallClient({ url: GRAPHQL_URL, headers }),
    queryClient: new QueryClient(),
    fetchRoles: (signal) => fetchRoles(GRAPHQL_URL, headers, signal),
  };
}
