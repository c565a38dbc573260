import { GraphQLError } from 'graphql';
import { ERROR_CODES, type RequestErrorCode } from '../../errors.ts';

/**
 * The error that refuses a whole request. Yoga responds with the status of its code, in the media type that the caller
 * accepts; `spec: false` also where that is application/json, for which GraphQL over HTTP wants 200 of GraphQL's own
 * errors. `extensions.http` stays inside: https://the-guild.dev/graphql/yoga-server/docs/features/error-masking
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
