import DataLoader from 'dataloader';
import { abortable, abortedByAll } from './abort.ts';
import { RolecallError } from './errors.ts';
import { PermissionChecksDocument, type PermissionChecksQuery } from './operations.ts';
import { type Endpoint, failure, send } from './send.ts';

type DatadogChecks = NonNullable<PermissionChecksQuery['viewer']['datadog']>;

/** Whether the person holds a permission. */
export type PermissionCheck = DatadogChecks['permissionChecks'][number] & {
  /** When Datadog said so (RFC 3339); null if it did not. */
  readonly asOf: string | null;
};

/** Half of what a request may have by default, so that each check may have 99 roles (`LIMIT_NODES`). */
const MAX_NAMES = 500;
/** Refusals of a request that is too large; half of it may not be. */
const TOO_LARGE: ReadonlySet<string> = new Set([
  'LIST_TOO_LONG',
  'BODY_TOO_LARGE',
  'TOO_MANY_NODES',
  'RESPONSE_TOO_LARGE',
]);

interface Asked {
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/** A function that checks one name. All calls of one tick travel together. */
export function createChecks(endpoint: Endpoint) {
  const loader = new DataLoader<Asked, PermissionCheck>(
    async (asked) => {
      const waiting = asked.filter(({ signal }) => !signal?.aborted);
      const names = [...new Set(waiting.map(({ name }) => name))];
      const signals = waiting.map(({ signal }) => signal);
      const checks = await abortedByAll(signals, (signal) => ask(endpoint, names, signal));
      const byName = new Map(checks.map((check) => [check.name, check]));
      return asked.map(
        ({ name }) =>
          byName.get(name) ?? failure('INVALID_RESPONSE', 'The response lacks a permission check.'),
      );
    },
    {
      // Each call is a key, which must not be kept.
      cache: false,
      maxBatchSize: MAX_NAMES,
      // After other timers that are due: attempts that failed together are retried together.
      batchScheduleFn: (dispatch) => setTimeout(dispatch),
    },
  );
  return (name: string, signal: AbortSignal | undefined): Promise<PermissionCheck> =>
    abortable(loader.load({ name, signal }), signal);
}

async function ask(
  endpoint: Endpoint,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly PermissionCheck[]> {
  if (names.length === 0) return [];
  const { data, errors } = await send(endpoint, PermissionChecksDocument, { names }, signal);
  const [refusal] = errors;
  if (data === null && refusal && TOO_LARGE.has(refusal.code) && names.length > 1) {
    const middle = Math.ceil(names.length / 2);
    const halves = [names.slice(0, middle), names.slice(middle)];
    return (await Promise.all(halves.map((half) => ask(endpoint, half, signal)))).flat();
  }
  const datadog = data?.viewer?.datadog;
  if (datadog) {
    return datadog.permissionChecks.map((check) => ({ ...check, asOf: datadog.asOf }));
  }
  // Another provider's failure says nothing about permissions.
  const error = errors.find(({ provider }) => provider === null || provider === 'DATADOG');
  if (error) throw new RolecallError(error);
  return names.map((name) => ({ name, granted: null, grantedBy: [], asOf: null }));
}
