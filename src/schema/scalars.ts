import { GraphQLScalarType } from 'graphql';
import {
  DateTimeResolver,
  EmailAddressResolver,
  SafeIntResolver,
  URLResolver,
  UUIDResolver,
} from 'graphql-scalars';

/**
 * The scalar validates what it is given, also where a vendor's value is read (`parseValue`); the vendor's own text goes
 * out. The scalar's `serialize` would pass a DateTime through `Date`, which drops microseconds, and a URL through `URL`,
 * which adds a slash.
 */
function verbatim(
  scalar: GraphQLScalarType,
  description: string,
): GraphQLScalarType<string, string> {
  return new GraphQLScalarType({
    ...(scalar as GraphQLScalarType<string, string>).toConfig(),
    description,
    serialize: (text) => text as string,
  });
}

export const scalars = {
  DateTime: verbatim(
    DateTimeResolver,
    'A date and time (RFC 3339, 5.6), with the offset and the precision that the provider sent: `2026-07-03T13:37:04.755861+00:00`.',
  ),
  EmailAddress: EmailAddressResolver as GraphQLScalarType<string, string>,
  SafeInt: SafeIntResolver as GraphQLScalarType<number, number>,
  URL: verbatim(URLResolver, 'An absolute URL (RFC 3986), as the provider spells it.'),
  UUID: UUIDResolver as GraphQLScalarType<string, string>,
};
