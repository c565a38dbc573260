import { type ErrorDetails, RolecallError } from 'rolecall-client';
import query from './roles.graphql?raw';
import type { RolesQuery } from './roles-query.ts';

/** The person's roles at Datadog, with what each grants; null if Datadog is not connected. */
export type Roles = RolesQuery['viewer']['datadog'];
export type Role = NonNullable<NonNullable<Roles>['roles']>[number];
export type Permission = NonNullable<Role['permissions']>[number];

interface Body {
  readonly data?: RolesQuery | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: Partial<Omit<ErrorDetails, 'message'>>;
  }[];
}

/**
 * Asks with an operation of this page's own, beside those of the client.
 * @throws {RolecallError} if Datadog or Rolecall fails
 */
export async function fetchRoles(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Roles> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query }),
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw unreachable(error);
  });
  const { data, errors = [] } = await response.json().then((body: Body) => body, unreachableBody);
  const [error] = errors;
  if (error && !data?.viewer.datadog) {
    const {
      code = 'INVALID_RESPONSE',
      provider = null,
      retryAfter = null,
    } = error.extensions ?? {};
    throw new RolecallError({ message: error.message, code, provider, retryAfter });
  }
  return data?.viewer.datadog ?? null;
}

function unreachableBody(error: unknown): never {
  throw unreachable(error);
}

function unreachable(cause: unknown): RolecallError {
  const error = new RolecallError({
    message: 'Rolecall could not be reached.',
    code: 'NETWORK_ERROR',
    provider: null,
    retryAfter: null,
  });
  error.cause = cause;
  return error;
}
