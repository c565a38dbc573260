import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql';
import { printSchemas } from '../scripts/print-schema.ts';
import { providers } from '../src/providers/index.ts';
import { createSchemas } from '../src/schema/index.ts';
import { createRolecall, dataOf } from './support/rolecall.ts';

for (const [file, printed] of Object.entries(printSchemas(createSchemas(providers)))) {
  test(`schema/${file} is what the code defines`, () => {
    assert.equal(
      readFileSync(`schema/${file}`, 'utf8'),
      printed,
      'the schema has drifted: run `npm run schema` and look at the difference',
    );
  });
}

test('introspection of /graphql gives schema/schema.graphql to the letter', async () => {
  const rolecall = createRolecall({ LIMIT_DEPTH: '3' });
  const query = getIntrospectionQuery({ specifiedByUrl: true, schemaDescription: true });
  const introspected = buildClientSchema(dataOf(await rolecall.query(query)));
  assert.equal(`${printSchema(introspected)}\n`, readFileSync('schema/schema.graphql', 'utf8'));
});
