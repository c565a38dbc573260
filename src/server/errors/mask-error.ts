import { GraphQLError } from 'graphql';
import { type ErrorCode, RolecallError } from '../../errors.ts';
import { requestError } from './request-error.ts';

const MESSAGE =
  'Rolecall failed. Your request is not the cause: try again, and report it to the operator of this server.';

/**
 * Lets through the errors that are meant for callers: RolecallErrors, and GraphQL's own about the request.
 * All others become INTERNAL, in every environment; Yoga logs the original.
 */
export function maskError(error: unknown): Error {
  if (error instanceof GraphQLError && isForCallers(error)) {
    // Yoga puts the parser's error there, which quotes the body.
    if (error.extensions['originalError'] !== undefined) {
      const { extensions } = requestError('BAD_REQUEST', error.message);
      Object.assign(error.extensions, extensions);
      delete error.extensions['originalError'];
    }
    // graphql-js sets no code for variables and arguments of the wrong type.
    error.extensions['code'] ??= 'BAD_USER_INPUT' satisfies ErrorCode;
    return error;
  }
  const located = error instanceof GraphQLError ? error : undefined;
  return new GraphQLError(MESSAGE, {
    nodes: located?.nodes ?? null,
    path: located?.path ?? null,
    extensions: { code: 'INTERNAL' satisfies ErrorCode },
  });
}

function isForCallers({ originalError }: GraphQLError): boolean {
  return (
    originalError === undefined ||
    originalError instanceof RolecallError ||
    (originalError instanceof GraphQLError && isForCallers(originalError))
  );
}
