import { GraphQLError, type GraphQLFormattedError, responsePathAsArray } from 'graphql';
import { RolecallError } from '../errors.ts';
import type { ServerPlugin } from './plugin.ts';

/**
 * Tells a failure that many fields met at the first of them only, and at the field that it left something out of
 * where it nulled none.
 */
export const reportedOnce: ServerPlugin = {
  onExecute({ args: { contextValue } }) {
    return {
      onExecuteDone({ result, setResult }) {
        if (Symbol.asyncIterator in result) return;
        const { omissions } = contextValue;
        const met = new Set<unknown>();
        const errors = (result.errors ?? []).filter((error) => isFirst(error, met));
        const omitted = Array.from(omissions).filter(([failure]) => !met.has(failure));
        if (errors.length === (result.errors?.length ?? 0) && omitted.length === 0) return;
        const told = omitted.map(
          ([failure, path]) =>
            new GraphQLError(failure.message, {
              path: responsePathAsArray(path),
              extensions: { ...failure.extensions },
            }),
        );
        setResult({ ...result, errors: [...errors, ...told] });
      },
    };
  },
};

function isFirst(error: GraphQLError | GraphQLFormattedError, met: Set<unknown>): boolean {
  const original = error instanceof GraphQLError ? error.originalError : undefined;
  if (!(original instanceof RolecallError) || !original.isReportedOnce) return true;
  if (met.has(original)) return false;
  met.add(original);
  return true;
}
