import { GraphQLError } from 'graphql';
import { RolecallError } from '../errors.ts';
import { refusal } from './refusal.ts';

const MESSAGE =
  'Something went wrong in Rolecall. It is not your request: try again, and tell who runs it.';

/** Yoga says it in a code of its own. */
const YOGA_BODY_TOO_LARGE = 'REQUEST_ENTITY_TOO_LARGE';

/**
 * Lets through what callers are meant to read: RolecallErrors, and what GraphQL says of the request itself.
 * Everything else becomes INTERNAL, in every environment; Yoga logs the original.
 */
export function maskError(error: unknown): Error {
  if (error instanceof GraphQLError && isForCallers(error)) {
    return error.extensions['code'] === YOGA_BODY_TOO_LARGE
      ? refusal(
          413,
          'BODY_TOO_LARGE',
          'The body of the request is too large. Ask for less, or in several requests.',
        )
      : error;
  }
  const located = error instanceof GraphQLError ? error : undefined;
  return new GraphQLError(MESSAGE, {
    nodes: located?.nodes ?? null,
    path: located?.path ?? null,
    extensions: { code: 'INTERNAL' },
  });
}

function isForCallers({ originalError }: GraphQLError): boolean {
  return (
    originalError === undefined ||
    originalError instanceof RolecallError ||
    (originalError instanceof GraphQLError && isForCallers(originalError))
  );
}
