import { GraphQLError, GraphQLScalarType } from 'graphql';
import { DateTimeResolver, EmailAddressResolver, SafeIntResolver } from 'graphql-scalars';
import { z } from 'zod';

/**
 * The scalar validates what it is given where a vendor's value is read (`parseValue`); the vendor's own text goes out.
 * `serialize` of graphql-scalars would pass a DateTime through `Date`, which drops microseconds, and a URL through
 * `URL`, which adds a slash; compiled execution serializes nothing.
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

/** What clients may follow: a `javascript:` URL would run in their page. */
function parseUrl(value: unknown): void {
  const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
  if (protocol !== 'http:' && protocol !== 'https:') throw new GraphQLError('Not an http URL');
}

// zod's `uuid` would want a version that RFC 9562 knows; vendors' documented examples have none.
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
