import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { Kind } from 'graphql';
import { createDocumentCaches } from '../src/server/execution/document-cache.ts';
import { administrator, manyRoles } from './fixtures/datadog.ts';
import { createRolecall, createRolecallFor, type Rolecall } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const URL = 'http://rolecall.example/graphql';

/** Asserts this status and code, without data, for both media types. */
async function assertRefused(rolecall: Rolecall, body: unknown, status: number, code: string) {
  for (const accept of ['application/json', 'application/graphql-response+json']) {
    const response = await rolecall.fetch(URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    assert.equal(response.status, status, text);
    assert.match(
      response.headers.get('content-type') ?? '',
      new RegExp(`^${accept.replace('+', '\\+')}`),
    );
    const { errors, data } = JSON.parse(text);
    assert.equal(errors[0].extensions.code, code);
    assert.equal(errors[0].extensions.http, undefined);
    assert.equal(data, undefined);
  }
}

async function assertServed(rolecall: Rolecall, query: string, variables = {}) {
  const { status, errors } = await rolecall.query(query, { variables });
  assert.equal(status, 200);
  assert.equal(errors, undefined);
}

const rolecall = createRolecall({});
const repeat = (times: number, text: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => text(index)).join(' ');
const nested = (levels: number) =>
  `{ viewer { datadog ${'{ otherUsers '.repeat(levels)}{ id }${' }'.repeat(levels)} } }`;

describe('limits', () => {
  test('request body', async () => {
    const padding = (bytes: number) =>
      `${JSON.stringify({ query: '{ __typename }' }).slice(0, -1)},"x":"${'x'.repeat(bytes)}"}`;
    await assertRefused(rolecall, padding(102_400), 413, 'BODY_TOO_LARGE');
    const small = createRolecall({ LIMIT_BODY_BYTES: '100' });
    await assertRefused(
      small,
      { query: `{ ${' '.repeat(100)} __typename }` },
      413,
      'BODY_TOO_LARGE',
    );
    await assertServed(small, '{ __typename }');
  });

  test('a body without a length is counted as it comes', async () => {
    const chunks = Readable.toWeb(
      Readable.from(Array.from({ length: 200 }, () => new Uint8Array(1024).fill(0x20))),
    );
    const response = await rolecall.fetch(URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: chunks,
      duplex: 'half',
    } as RequestInit);
    assert.equal(response.status, 413);
    assert.match(await response.text(), /BODY_TOO_LARGE/);
  });

  test('tokens', async () => {
    await assertRefused(
      rolecall,
      { query: `{ ${repeat(1_000, () => '__typename')} }` },
      400,
      'TOO_MANY_TOKENS',
    );
    const listing = (names: number) =>
      `{ viewer { datadog { permissions(names: [${repeat(names, () => '"a"')}]) { id } } } }`;
    await assertServed(rolecall, listing(1_000 - 18));
    await assertRefused(rolecall, { query: listing(1_000 - 17) }, 400, 'TOO_MANY_TOKENS');
    // Even if the rest is not valid GraphQL.
    await assertRefused(
      rolecall,
      { query: `{ ${repeat(2_000, () => 'a')} "` },
      400,
      'TOO_MANY_TOKENS',
    );
  });

  test('lines, comments and what is no GraphQL among them', async () => {
    const lines = (count: number, text = '') => `{ __typename${`${text}\n`.repeat(count - 1)} }`;
    await assertServed(rolecall, lines(1_000));
    for (const query of [lines(1_001), lines(1_001, ' # b'), lines(48_000), `${lines(1_001)} "`]) {
      await assertRefused(rolecall, { query }, 400, 'TOO_MANY_TOKENS');
    }
  });

  test('depth, through fragments too; introspection is exempt', async () => {
    await assertServed(rolecall, nested(9));
    await assertRefused(rolecall, { query: nested(10) }, 400, 'TOO_DEEP');
    const query = `{ viewer { datadog { ...F } } } fragment F on DatadogUser { otherUsers { ${'otherUsers { '.repeat(9)} id ${'}'.repeat(9)} } }`;
    await assertRefused(rolecall, { query }, 400, 'TOO_DEEP');
    const deepType = `{ __schema { types { fields { type ${'{ ofType '.repeat(15)}{ name }${' }'.repeat(15)} } } } }`;
    await assertServed(rolecall, deepType);
  });

  test('aliases, __typename counted, and fragments wherever they are spread', async () => {
    await assertServed(rolecall, `{ viewer { ${repeat(30, (i) => `a${i}: __typename`)} } }`);
    await assertRefused(
      rolecall,
      { query: `{ viewer { ${repeat(31, (i) => `a${i}: __typename`)} } }` },
      400,
      'TOO_MANY_ALIASES',
    );
    const query = `{ viewer { ${repeat(4, () => 'datadog { ...F }')} } } fragment F on DatadogUser { ${repeat(10, (i) => `a${i}: id`)} }`;
    await assertRefused(rolecall, { query }, 400, 'TOO_MANY_ALIASES');
  });

  test('root fields', async () => {
    const roomy = createRolecall({ LIMIT_ALIASES: '100' });
    await assertServed(roomy, `{ ${repeat(20, (i) => `a${i}: viewer { providers }`)} }`);
    await assertRefused(
      roomy,
      { query: `{ ${repeat(21, (i) => `a${i}: viewer { providers }`)} }` },
      400,
      'TOO_MANY_ROOT_FIELDS',
    );
  });

  test('directives', async () => {
    const directives = (count: number) =>
      `{ viewer { ${repeat(count, () => '... @include(if: true) { providers }')} } }`;
    await assertServed(rolecall, directives(20));
    await assertRefused(rolecall, { query: directives(21) }, 400, 'TOO_MANY_DIRECTIVES');
    await assertRefused(
      rolecall,
      { query: `{ __typename ${repeat(21, () => '@nope')} }` },
      400,
      'TOO_MANY_DIRECTIVES',
    );
  });

  test('items of lists, in the document and in variables', async () => {
    const query =
      'query($names: [String!]) { viewer { datadog { permissions(names: $names) { id } } } }';
    const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
    await assertServed(rolecall, query, { names: names(1_000) });
    await assertRefused(
      rolecall,
      { query, variables: { names: names(1_001) } },
      400,
      'LIST_TOO_LONG',
    );
    await assertRefused(
      rolecall,
      { query, variables: { other: { deep: [names(1_001)] } } },
      400,
      'LIST_TOO_LONG',
    );
    const few = createRolecall({ LIMIT_LIST_ITEMS: '3' });
    const literal = (count: number) =>
      `{ viewer { datadog { permissions(names: ${JSON.stringify(names(count))}) { id } } } }`;
    await assertServed(few, literal(3));
    await assertRefused(few, { query: literal(4) }, 400, 'LIST_TOO_LONG');
  });

  test('items of lists in fragments, and very many variables', async () => {
    const few = createRolecall({ LIMIT_LIST_ITEMS: '2' });
    const query =
      '{ viewer { datadog { ...F } } } fragment F on DatadogUser { permissions(names: ["a", "b", "c"]) { id } }';
    await assertRefused(few, { query }, 400, 'LIST_TOO_LONG');
    const roomy = createRolecall({ LIMIT_BODY_BYTES: '10000000' });
    const variables = Object.fromEntries(
      Array.from({ length: 300_000 }, (_, index) => [`v${index}`, index]),
    );
    await assertServed(roomy, '{ __typename }', variables);
  });

  test('batches', async () => {
    const operations = (count: number) =>
      Array.from({ length: count }, () => ({ query: '{ __typename }' }));
    await assertRefused(rolecall, operations(1), 400, 'BATCH_TOO_LARGE');
    const batching = createRolecall({ LIMIT_BATCH: '2' });
    await assertRefused(batching, operations(3), 400, 'BATCH_TOO_LARGE');
    const spoilt = await batching.fetch(URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: '{ __typename }' }, null]),
    });
    assert.match(await spoilt.text(), /"code":"BAD_REQUEST"/);
    const response = await batching.fetch(URL, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operations(2)),
    });
    assert.deepEqual(await response.json(), [
      { data: { __typename: 'Query' } },
      { data: { __typename: 'Query' } },
    ]);
  });

  test('limits list items returned: execution stops, and nothing of the result is sent', async () => {
    await using datadog = await startUpstream(json(manyRoles()));
    // 4 roles, 830 edges.
    const query = '{ viewer { datadog { roles { id permissions { id } } } } }';
    await assertServed(createRolecallFor({ datadog }, { LIMIT_NODES: '834' }), query);
    await assertRefused(
      createRolecallFor({ datadog }, { LIMIT_NODES: '833' }),
      { query },
      400,
      'TOO_MANY_NODES',
    );
    const grants = '{ viewer { datadog { grants { roles { id } } } } }';
    await assertServed(createRolecallFor({ datadog }, { LIMIT_NODES: '1127' }), grants);
    await assertRefused(
      createRolecallFor({ datadog }, { LIMIT_NODES: '1126' }),
      { query: grants },
      400,
      'TOO_MANY_NODES',
    );
  });

  test('an ordinary error keeps the status that GraphQL over HTTP gives it', async () => {
    for (const [accept, status] of [
      ['application/json', 200],
      ['application/graphql-response+json', 400],
    ] as const) {
      for (const query of ['{ nope }', '{']) {
        const response = await rolecall.fetch(URL, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept },
          body: JSON.stringify({ query }),
        });
        assert.equal(response.status, status, query);
      }
    }
  });
});

test('an alias that no response can carry is refused, however often it comes', async () => {
  for (let time = 0; time < 5; time += 1) {
    const { errors } = await rolecall.query('{ viewer { then: providers } }');
    assert.equal(errors?.[0]?.extensions?.['code'], 'GRAPHQL_VALIDATION_FAILED');
  }
});

test('the document cache is limited by the length of documents, not only by their number', () => {
  const { documentCache } = createDocumentCaches();
  for (let index = 0; index < 200; index += 1) {
    documentCache.set(`${'x'.repeat(100_000)}${index}`, { kind: Kind.DOCUMENT, definitions: [] });
  }
  // The cache holds 32 MiB, counting 100 bytes per character.
  assert.equal(documentCache.size, 3);
});

test('the largest responses that vendors were seen to give are within the default limits', async () => {
  await using datadog = await startUpstream(json(administrator()));
  await assertServed(
    createRolecallFor({ datadog }),
    '{ viewer { datadog { roles { permissions { id } } permissions { id } grants { roles { id } } } } }',
  );
});
