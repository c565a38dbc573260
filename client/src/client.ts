import { abortable } from './abort.ts';
import { createChecks, type PermissionCheck } from './checks.ts';
import { type ErrorDetails, RolecallError } from './errors.ts';
import { ViewerDocument, type ViewerQuery } from './operations.ts';
import type { PermissionName } from './permission-name.ts';
import { type Endpoint, failure, send } from './send.ts';

/** Who the person is at each provider. */
export type Viewer = ViewerQuery['viewer'] & {
  /** Why something is null; empty if every provider responded. Plain data, which survives JSON. */
  readonly errors: readonly ErrorDetails[];
};

export interface CallOptions {
  /** Rejects the call with the signal's reason. A request that others wait for goes on. */
  readonly signal?: AbortSignal | undefined;
}

export interface RolecallClient {
  /**
   * Who the person is. A provider that fails is null, with an entry in `errors`; one that is not connected is null
   * without one.
   * @throws {RolecallError} if Rolecall itself fails or refuses the request
   */
  viewer(options?: CallOptions): Promise<Viewer>;
  /**
   * May the person do this? `granted` is null if that cannot be known, also if Datadog is not connected. All checks of
   * one tick travel as one request.
   * @throws {RolecallError} if Datadog or Rolecall fails or refuses the request
   */
  can(name: PermissionName, options?: CallOptions): Promise<PermissionCheck>;
  /** As `can`, for several names: one check for each, in their order. */
  check(
    names: readonly PermissionName[],
    options?: CallOptions,
  ): Promise<readonly PermissionCheck[]>;
}

/**
 * A client for one person: checks that are asked together share a request, and so its headers. On a server, create one
 * for each request.
 */
export function createRolecallClient(endpoint: Endpoint): RolecallClient {
  const check = createChecks(endpoint);

  async function viewer(signal: AbortSignal | undefined): Promise<Viewer> {
    const { data, errors } = await send(endpoint, ViewerDocument, {}, signal);
    if (data?.viewer) return { ...data.viewer, errors };
    const [error] = errors;
    throw error
      ? new RolecallError(error)
      : failure('INVALID_RESPONSE', 'The response has no viewer.');
  }

  return {
    viewer: ({ signal } = {}) => abortable(viewer(signal), signal),
    can: (name, { signal } = {}) => check(name, signal),
    check: (names, { signal } = {}) => Promise.all(names.map((name) => check(name, signal))),
  };
}
