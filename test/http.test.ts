import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRolecall } from './support/rolecall.ts';

const URL = 'http://rolecall.example/graphql';

test('paths are served exactly', async () => {
  const rolecall = createRolecall({});
  const statusOf = async (path: string) =>
    (await rolecall.fetch(`http://rolecall.example${path}`)).status;
  assert.equal(await statusOf('/health'), 200);
  assert.equal(await statusOf('/'), 302);
  // A redirected POST would arrive as a GET without a body.
  const posted = await rolecall.fetch('http://rolecall.example/', { method: 'POST' });
  assert.equal(posted.status, 404);
  for (const path of [
    '/other/health',
    '/health/',
    '/graphql/health',
    '/x?y=/health',
    '/other/graphql?query={__typename}',
    '/graphql//?query={__typename}',
  ]) {
    assert.equal(await statusOf(path), 404, path);
  }
});

test('no origin is let in', async () => {
  const response = await createRolecall({}).fetch(URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  assert.equal(response.headers.get('access-control-allow-origin'), null);
});

test('whatever is wrong with a request has a code', async () => {
  const rolecall = createRolecall({});
  const hasPermission =
    'query($name: String!) { viewer { datadog { hasPermission(name: $name) } } }';
  for (const [body, code, says] of [
    [{}, 'BAD_REQUEST', /Must provide query string/],
    [{ query: '{' }, 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    [{ query: '{ nope }' }, 'GRAPHQL_VALIDATION_FAILED', /Cannot query field "nope"/],
    [
      { query: 'mutation { a }' },
      'GRAPHQL_VALIDATION_FAILED',
      /^This graph has no mutations, only queries\./,
    ],
    [
      { query: 'subscription { a }' },
      'GRAPHQL_VALIDATION_FAILED',
      /^This graph has no subscriptions, only queries\./,
    ],
    [
      { query: 'query A { __typename }', operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
      /what operation/,
    ],
    [
      { query: hasPermission },
      'BAD_USER_INPUT',
      /"\$name" of required type "String!" was not provided/,
    ],
    [
      { query: hasPermission, variables: { name: 4 } },
      'BAD_USER_INPUT',
      /"\$name" got invalid value 4/,
    ],
  ] as const) {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const response = await rolecall.fetch(URL, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify(body),
      });
      const { errors, data } = await response.json();
      assert.deepEqual(
        errors.map(({ extensions }: any) => extensions),
        [{ code }],
      );
      assert.match(errors[0].message, says);
      assert.equal(data, undefined);
      if (accept !== 'application/json') assert.equal(response.status, 400);
    }
  }
});

test('introspection works, for codegen tools', async () => {
  const { data } = await createRolecall({}).query('{ __schema { types { name } } }');
  assert.ok(data.__schema.types.some(({ name }: { name: string }) => name === 'DatadogUser'));
});
