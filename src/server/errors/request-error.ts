import { GraphQLError } from 'graphql';
import { ERROR_CODES, type RequestErrorCode } from '../../errors.ts';

/**
 * The error that refuses a whole request. Yoga responds with the status of its code, in the media type that the caller
 * accepts. `spec: false` applies the status to application/json too, for which GraphQL over HTTP requires 200 for
 * GraphQL's own errors. Yoga removes `extensions.http` from the response: https://the-guild.dev/graphql/yoga-server/docs/features/error-masking
 */
export function requestError(
  code: RequestErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): GraphQLError {
  const { status } = ERROR_CODES[code];
  return new GraphQLError(message, {
    extensions: { code, http: { status, headers, spec: false } },
  });
}
