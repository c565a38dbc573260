import { type ExecutionResult, GraphQLError, responsePathAsArray } from 'graphql';
import { RolecallError } from '../../errors.ts';
import type { ServerPlugin } from '../plugin.ts';

/**
 * Reports a failure that affects several fields only at the first of them, in the order of the response. Partial errors
 * count too, although their fields are not null.
 */
export const reportedOnce: ServerPlugin = {
  onExecute({ args: { contextValue } }) {
    return {
      onExecuteDone({ result, setResult }) {
        if (Symbol.asyncIterator in result) return;
        const { partialErrors } = contextValue.execution;
        const partial = Array.from(partialErrors, ([failure, paths]) =>
          Array.from(paths, (path) => toError(failure, responsePathAsArray(path))),
        ).flat();
        const all = [...(result.errors ?? []), ...partial];
        const errors = firstOfEach(all as GraphQLError[], result);
        if (errors.length < all.length || partial.length > 0) setResult({ ...result, errors });
      },
    };
  },
};

function toError(failure: RolecallError, path: readonly (string | number)[]): GraphQLError {
  return new GraphQLError(failure.message, { path, originalError: failure });
}

/** The errors without those whose failure is already reported earlier in the response. */
function firstOfEach(
  errors: readonly GraphQLError[],
  { data }: ExecutionResult,
): readonly GraphQLError[] {
  const first = new Map<RolecallError, GraphQLError>();
  for (const error of errors) {
    const failure = failureOf(error);
    const other = failure && first.get(failure);
    if (failure && (!other || isBefore(error.path ?? [], other.path ?? [], data))) {
      first.set(failure, error);
    }
  }
  return errors.filter((error) => {
    const failure = failureOf(error);
    return failure === undefined || first.get(failure) === error;
  });
}

function failureOf({ originalError }: GraphQLError): RolecallError | undefined {
  return originalError instanceof RolecallError && originalError.isReportedOnce
    ? originalError
    : undefined;
}

/** Does this path come before the other one in the response? */
function isBefore(
  path: readonly (string | number)[],
  other: readonly (string | number)[],
  data: unknown,
): boolean {
  let parent = data as Record<string | number, unknown> | null | undefined;
  for (const [depth, key] of path.entries()) {
    const otherKey = other[depth];
    if (key !== otherKey) {
      const keys = Object.keys(parent ?? {});
      return keys.indexOf(String(key)) < keys.indexOf(String(otherKey));
    }
    parent = parent?.[key] as typeof parent;
  }
  return false;
}
