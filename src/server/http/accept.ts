import Negotiator from 'negotiator';

const JSON_TYPES = ['application/graphql-response+json', 'application/json'];
const HTML = 'text/html';

/** Would whoever sent this rather have a page than a GraphQL response? Browsers would; where all is one, not. */
export function prefersPage(headers: Headers): boolean {
  return negotiator(headers).mediaType([...JSON_TYPES, HTML]) === HTML;
}

/** The first of these encodings that is accepted; `identity` where none is. */
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
