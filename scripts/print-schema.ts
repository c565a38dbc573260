import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSubgraphSchema } from '@apollo/subgraph';
import { printSchema } from 'graphql';
import { providers } from '../src/providers/index.ts';
import { createSchemas, type Schemas } from '../src/schema/index.ts';

const FOLDER = join(import.meta.dirname, '../schema');

/** The public schemas, by file. */
export function printSchemas({ graph, subgraph }: Schemas): Readonly<Record<string, string>> {
  return {
    'schema.graphql': `${printSchema(graph)}\n`,
    'subgraph.graphql': `${printSubgraphSchema(subgraph)}\n`,
  };
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(printSchemas(createSchemas(providers)))) {
    writeFileSync(join(FOLDER, file), text);
  }
}
