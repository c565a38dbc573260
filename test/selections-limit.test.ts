import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getIntrospectionQuery } from 'graphql';
import { createRolecall } from './support/rolecall.ts';

/** Enough executions for an operation to be compiled. */
const TIMES = 4;
const rolecall = createRolecall({ SANDBOX: '1', LIMIT_BATCH: '2' });

/** Fragments that each spread the next one twice: two to the power of `levels` selections. */
const doubled = (levels: number) =>
  `${Array.from({ length: levels }, (_, i) => `fragment F${i} on Role { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F${levels} on Role { name }`;
const ROLES = '{ viewer { datadog { roles { ...F0 } } } }';
const exponential = `${ROLES} ${doubled(18)}`;

const names = (count: number) => Array.from({ length: count }, () => 'name').join(' ');

async function codeOf(response: Response) {
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return { status: response.status, code: errors?.[0]?.extensions.code };
}

async function post(path: string, body: unknown) {
  const response = await rolecall.fetch(`http://rolecall.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return codeOf(response);
}

const refused = { status: 400, code: 'TOO_MANY_SELECTIONS' };
const served = { status: 200, code: undefined };

describe('an operation that selects too much through its fragments is refused, however often it comes', () => {
  for (const path of ['/graphql', '/subgraph']) {
    test(`posted to ${path}`, async () => {
      for (let time = 0; time < TIMES; time += 1) {
        assert.deepEqual(await post(path, { query: exponential }), refused);
      }
    });

    test(`in the URL of ${path}`, async () => {
      const url = `http://rolecall.example${path}?query=${encodeURIComponent(exponential)}`;
      for (let time = 0; time < TIMES; time += 1) {
        const response = await rolecall.fetch(url, { headers: { accept: 'application/json' } });
        assert.deepEqual(await codeOf(response), refused);
      }
    });

    test(`in a batch posted to ${path}`, async () => {
      const response = await rolecall.fetch(`http://rolecall.example${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ query: '{ __typename }' }, { query: exponential }]),
      });
      const [first, second] = (await response.json()) as any[];
      assert.deepEqual(first, { data: { __typename: 'Query' } });
      assert.equal(second.errors[0].extensions.code, refused.code);
    });
  }

  test('with more selections than numbers can count', async () => {
    const roomy = createRolecall({ SANDBOX: '1', LIMIT_TOKENS: '100000' });
    const { errors } = await roomy.query(`${ROLES} ${doubled(1_100)}`);
    assert.equal(errors?.[0]?.extensions?.['code'], refused.code);
  });
});

describe('selections are counted', () => {
  const few = createRolecall({ SANDBOX: '1', LIMIT_SELECTIONS: '10' });
  const ask = async (query: string) => {
    const { status, errors } = await few.query(query);
    return { status, code: errors?.[0]?.extensions?.['code'] };
  };

  for (const [what, query] of [
    ['fields', (count: number) => `{ viewer { datadog { ${names(count - 2)} } } }`],
    [
      'inline fragments and what is in them',
      (count: number) => `{ viewer { datadog { ... { ... { ${names(count - 4)} } } } } }`,
    ],
    [
      'spreads, and what is in their fragments each time',
      (count: number) =>
        `{ viewer { datadog { ...F ...F ${names(count - 8)} } } } fragment F on DatadogUser { id title }`,
    ],
    [
      'those of all operations of the document',
      (count: number) =>
        `query A { viewer { datadog { ${names(count - 6)} } } } query B { viewer { datadog { ...F } } } fragment F on DatadogUser { id }`,
    ],
  ] as const) {
    test(what, async () => {
      assert.deepEqual(await ask(query(11)), refused);
      assert.notDeepEqual(await ask(query(10)), refused);
    });
  }
});

test('a fragment that spreads itself, in twos and through others, or one that is missing is refused at once', async () => {
  for (const fragments of [
    'fragment F0 on Role { ...F0 ...F0 }',
    'fragment F0 on Role { ...F1 ...F1 } fragment F1 on Role { ...F0 ...F0 }',
    'fragment F0 on Role { name ...Nope ...Nope }',
  ]) {
    for (let time = 0; time < TIMES; time += 1) {
      const { code } = await post('/graphql', { query: `${ROLES} ${fragments}` });
      assert.equal(code, 'GRAPHQL_VALIDATION_FAILED');
    }
  }
});

test('introspection as tools ask it is within the default', async () => {
  const query = getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  assert.deepEqual(await post('/graphql', { query }), served);
  assert.deepEqual(await post('/subgraph', { query }), served);
});
