import { readFileSync } from 'node:fs';

/** Rolecall's own contract, for every peer that speaks GraphQL. */
export const typeDefs = readFileSync(
  new URL('../../schema/schema.graphql', import.meta.url),
  'utf8',
);
