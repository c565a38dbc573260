import { readFileSync } from 'node:fs';

/** Rolecall's schema, for all GraphQL peers. */
export const typeDefs = readFileSync(
  new URL('../../schema/schema.graphql', import.meta.url),
  'utf8',
);
