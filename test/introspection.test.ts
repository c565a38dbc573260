import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRolecall } from './support/rolecall.ts';

describe('INTROSPECTION=off', () => {
  const rolecall = createRolecall({ INTROSPECTION: 'off' });

  test('hides the schema from introspection', async () => {
    for (const query of [
      '{ __schema { types { name } } }',
      '{ __type(name: "Viewer") { name } }',
      '{ viewer { providers } ...F } fragment F on Query { __schema { description } }',
    ]) {
      const response = await rolecall.query(query);
      assert.equal(response.data, undefined);
      assert.match(response.errors?.[0]?.message ?? '', /introspection/i);
    }
  });

  test('suggests no names in error messages', async () => {
    for (const query of [
      '{ viewr { providers } }',
      '{ viewer { datadg { id } } }',
      '{ viewer { datadog { permissions(name: ["a"]) { id } } } }',
      '{ viewer { ... on Datadoguser { id } } }',
      '{ viewer { datadog { roles { permissions { nam } } } } }',
    ]) {
      const shown = JSON.stringify((await rolecall.query(query)).errors);
      assert.doesNotMatch(shown, /Did you mean/, shown);
      assert.match(JSON.stringify((await createRolecall({}).query(query)).errors), /Did you mean/);
    }
  });

  test('leaves other operations as they are', async () => {
    const { data } = await rolecall.query('{ __typename viewer { providers } }');
    assert.deepEqual(data, { __typename: 'Query', viewer: { providers: [] } });
  });
});
