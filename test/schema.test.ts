import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { printSchema } from 'graphql';
import { providers } from '../src/providers/index.ts';
import { createSchema } from '../src/schema/index.ts';

test('schema/schema.graphql is what the code defines', () => {
  const committed = readFileSync('schema/schema.graphql', 'utf8');
  assert.equal(
    committed,
    `${printSchema(createSchema(providers))}\n`,
    'the schema has drifted: run `npm run schema` and look at the difference',
  );
});
