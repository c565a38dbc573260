import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSchema } from 'graphql';
import { providers } from '../providers/index.ts';
import { createSchema } from './index.ts';

/** Writes the public schema to `schema/schema.graphql`. */
writeFileSync(
  join(import.meta.dirname, '../../schema/schema.graphql'),
  `${printSchema(createSchema(providers))}\n`,
);
