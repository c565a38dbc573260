import { GraphQLError, GraphQLScalarType } from 'graphql';
import { DateTimeResolver, EmailAddressResolver, SafeIntResolver } from 'graphql-scalars';
import { z } from 'zod';

/**
 * A scalar that validates a vendor's value when it is read (`parseValue`) and returns it unchanged. `serialize` of
 * graphql-scalars would convert a DateTime to `Date`, which drops microseconds, and a URL to `URL`, which adds a slash;
 * compiled execution does not serialize at all.
 */
function verbatim(
  name: string,
  description: string,
  parseValue: (value: unknown) => unknown,
): GraphQLScalarType<string, string> {
  return new GraphQLScalarType<string, string>({
    name,
    description,
    parseValue(value) {
      parseValue(value);
      return value as string;
    },
    serialize: (text) => text as string,
  });
}

/** Only http and https, because a `javascript:` URL would run in a client's page. */
function parseUrl(value: unknown): void {
  const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
  if (protocol !== 'http:' && protocol !== 'https:') throw new GraphQLError('Not an http URL');
}

// Not zod's `uuid`, which requires a version of RFC 9562: vendors' documented examples have none.
const uuid = z.guid();

export const scalars = {
  DateTime: verbatim(
    'DateTime',
    'A date and time (RFC 3339, section 5.6), with the offset and precision that the provider sent, such as `2026-07-03T13:37:04.755861+00:00`.',
    DateTimeResolver.parseValue,
  ),
  EmailAddress: EmailAddressResolver as GraphQLScalarType<string, string>,
  SafeInt: SafeIntResolver as GraphQLScalarType<number, number>,
  URL: verbatim('URL', 'An absolute http or https URL, spelled as the provider sent it.', parseUrl),
  UUID: verbatim(
    'UUID',
    'A UUID (RFC 9562, section 4): 32 hexadecimal digits in five groups, spelled as the provider sent it.',
    (value) => uuid.parse(value),
  ),
};
