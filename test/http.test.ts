import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createGateway } from './support/gateway.ts';

const URL = 'http://rolecall.example/graphql';

function getPage(gateway: ReturnType<typeof createGateway>, headers: Record<string, string> = {}) {
  return gateway.fetch(URL, { headers: { accept: 'text/html,*/*', ...headers } });
}

describe('GraphiQL', () => {
  const gateway = createGateway({});

  test('is one page without anything to load, compressed', async () => {
    const encodings = [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['identity', null, (bytes: Buffer) => bytes],
    ] as const;
    const pages = new Set<string>();
    for (const [accepted, encoding, decode] of encodings) {
      const response = await getPage(gateway, { 'accept-encoding': accepted });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-encoding'), encoding);
      const bytes = Buffer.from(await response.arrayBuffer());
      if (encoding !== null) assert.ok(bytes.length < 3_000_000, `${bytes.length} bytes`);
      pages.add(decode(bytes).toString('utf8'));
    }
    const [page = ''] = pages;
    assert.equal(pages.size, 1);
    assert.match(page, /<title>Rolecall<\/title>/);
    assert.doesNotMatch(page, /<(script|link)[^>]+(src|href)="https?:/);
  });

  test('holds the example operations', async () => {
    const page = await (await getPage(gateway)).text();
    const files = readdirSync('schema/operations');
    assert.equal(files.length, 3);
    for (const file of files) {
      const query = readFileSync(`schema/operations/${file}`, 'utf8');
      assert.ok(page.includes(JSON.stringify({ query }).slice(1, -1)), file);
    }
  });

  test('is sent once: a browser that has it is told so', async () => {
    const etag = (await getPage(gateway)).headers.get('etag') ?? '';
    const response = await getPage(gateway, { 'if-none-match': etag });
    assert.equal(response.status, 304);
    assert.equal(await response.text(), '');
  });

  test('GRAPHIQL=off serves no page', async () => {
    const response = await getPage(createGateway({ GRAPHIQL: 'off' }));
    assert.deepEqual(Object.keys((await response.json()) as object), ['errors']);
  });

  test('a query in the URL is an operation, except for a browser that wants a page', async () => {
    const ask = (accept: string) =>
      gateway.fetch(`${URL}?query={__typename}`, { headers: { accept } });
    assert.deepEqual(await (await ask('application/json')).json(), {
      data: { __typename: 'Query' },
    });
    assert.match(await (await ask('text/html,*/*;q=0.8')).text(), /<title>Rolecall<\/title>/);
  });
});

test('paths are served exactly', async () => {
  const gateway = createGateway({});
  const statusOf = async (path: string) =>
    (await gateway.fetch(`http://rolecall.example${path}`)).status;
  assert.equal(await statusOf('/health'), 200);
  assert.equal(await statusOf('/'), 302);
  for (const path of [
    '/other/health',
    '/health/',
    '/graphql/health',
    '/x?y=/health',
    '/other/graphql?query={__typename}',
    '/graphql/?query={__typename}',
  ]) {
    assert.equal(await statusOf(path), 404, path);
  }
});

test('no origin is let in', async () => {
  const response = await createGateway({}).fetch(URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  assert.equal(response.headers.get('access-control-allow-origin'), null);
});

test('whatever is wrong with a request has a code', async () => {
  const gateway = createGateway({});
  const asked = 'query($name: String!) { viewer { datadog { hasPermission(name: $name) } } }';
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
    [{ query: asked }, 'BAD_USER_INPUT', /"\$name" of required type "String!" was not provided/],
    [{ query: asked, variables: { name: 4 } }, 'BAD_USER_INPUT', /"\$name" got invalid value 4/],
  ] as const) {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const response = await gateway.fetch(URL, {
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
  const { data } = await createGateway({}).query('{ __schema { types { name } } }');
  assert.ok(data.__schema.types.some(({ name }: { name: string }) => name === 'DatadogUser'));
});
