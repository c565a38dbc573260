import Negotiator from 'negotiator';

const JSON_TYPES = ['application/graphql-response+json', 'application/json'];
const HTML = 'text/html';

/** Does the client prefer a page to a GraphQL response? True for browsers; false if both are equally acceptable. */
export function prefersPage(headers: Headers): boolean {
  return negotiator(headers).mediaType([...JSON_TYPES, HTML]) === HTML;
}

/** The first of these encodings that the client accepts; `identity` if it accepts none. */
export function acceptedEncoding<Encoding extends string>(
  headers: Headers,
  encodings: readonly Encoding[],
): Encoding | 'identity' {
  const accepted = negotiator(headers).encodings(encodings);
  return encodings.find((encoding) => accepted.includes(encoding)) ?? 'identity';
}

function negotiator(headers: Headers): Negotiator {
  return new Negotiator({ headers: Object.fromEntries(headers) });
}
