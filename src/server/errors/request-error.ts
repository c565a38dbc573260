import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../errors.ts';

/**
 * Refuses a whole request: Yoga answers with this HTTP status, in the media type that the caller accepts
 * (`spec: false`: also where that is application/json, for which GraphQL over HTTP wants 200 of GraphQL's own errors).
 * (`extensions.http` stays inside; see https://the-guild.dev/graphql/yoga-server/docs/features/error-masking.)
 */
export function refusal(
  status: number,
  code: ErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code, http: { status, headers, spec: false } },
  });
}
