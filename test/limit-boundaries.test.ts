import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRolecall } from './support/rolecall.ts';

const URL = 'http://rolecall.example/graphql';
const BODY = JSON.stringify({ query: '{ __typename }' });

/** The code with which the whole request is refused; undefined if it is served. */
async function refusalOf(
  environment: Readonly<Record<string, string>>,
  init: Pick<RequestInit, 'body' | 'headers'>,
): Promise<string | undefined> {
  const response = await createRolecall(environment).fetch(URL, {
    method: 'POST',
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
    duplex: 'half',
  } as RequestInit);
  if (response.status === 200) return undefined;
  const { errors } = await response.json();
  return errors[0].extensions.code;
}

describe('a limit lets through exactly as much as it says', () => {
  const query = (text: string, variables?: object) => JSON.stringify({ query: text, variables });
  const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
  const listing = (count: number) =>
    `{ viewer { datadog { permissions(names: ${JSON.stringify(names(count))}) { id } } } }`;

  for (const [variable, code, what, body] of [
    [
      'LIMIT_TOKENS',
      'TOO_MANY_TOKENS',
      'braces and names',
      (n) => `{${' __typename'.repeat(n - 2)} }`,
    ],
    ['LIMIT_SELECTIONS', 'TOO_MANY_SELECTIONS', 'fields', (n) => `{${' __typename'.repeat(n)} }`],
    [
      'LIMIT_SELECTIONS',
      'TOO_MANY_SELECTIONS',
      'fields of a fragment, each time that it is spread',
      (n) =>
        `{${' ...F'.repeat(n / 4)} } fragment F on Query { a: __typename b: __typename c: __typename }`,
    ],
    [
      'LIMIT_ALIASES',
      'TOO_MANY_ALIASES',
      'aliases',
      (n) => `{ ${names(n).map((name) => `${name}: __typename`)} }`,
    ],
    [
      'LIMIT_ROOT_FIELDS',
      'TOO_MANY_ROOT_FIELDS',
      'fields of the operation',
      (n) => `{${' viewer { __typename }'.repeat(n)} }`,
    ],
    [
      'LIMIT_DIRECTIVES',
      'TOO_MANY_DIRECTIVES',
      'directives',
      (n) => `{${' __typename @include(if: true)'.repeat(n)} }`,
    ],
    ['LIMIT_LIST_ITEMS', 'LIST_TOO_LONG', 'items of a list in the document', listing],
  ] as readonly (readonly [string, string, string, (limit: number) => string])[]) {
    test(`${variable}: ${what}`, async () => {
      const refusalWith = (limit: number) =>
        refusalOf({ [variable]: String(limit) }, { body: query(body(8)) });
      assert.equal(await refusalWith(8), undefined);
      assert.equal(await refusalWith(7), code);
    });
  }

  test('LIMIT_DEPTH: levels of fields', async () => {
    const refusalWith = (limit: string) =>
      refusalOf(
        { LIMIT_DEPTH: limit },
        { body: query('{ viewer { datadog { roles { users: name } } } }') },
      );
    assert.equal(await refusalWith('4'), undefined);
    assert.equal(await refusalWith('3'), 'TOO_DEEP');
  });

  test('LIMIT_LIST_ITEMS: items of a list in variables, however deep', async () => {
    for (const variablesOf of [
      (list: unknown) => ({ a: list }),
      (list: unknown) => ({ a: 1, b: { c: null, d: [{ e: list }] }, f: [] }),
    ]) {
      const refusalWith = (count: number) =>
        refusalOf(
          { LIMIT_LIST_ITEMS: '3' },
          { body: query('{ __typename }', variablesOf(names(count))) },
        );
      assert.equal(await refusalWith(3), undefined);
      assert.equal(await refusalWith(4), 'LIST_TOO_LONG');
    }
  });

  test('LIMIT_BATCH: operations, and the lists of each', async () => {
    const refusalWith = (limit: string, operations: number, items = 0) =>
      refusalOf(
        { LIMIT_BATCH: limit, LIMIT_LIST_ITEMS: '3' },
        { body: `[${Array(operations).fill(query('{ __typename }', { a: names(items) }))}]` },
      );
    assert.equal(await refusalWith('2', 2), undefined);
    assert.equal(await refusalWith('2', 3), 'BATCH_TOO_LARGE');
    assert.equal(await refusalWith('0', 1), 'BATCH_TOO_LARGE');
    assert.equal(await refusalWith('2', 2, 4), 'LIST_TOO_LONG');
  });

  test('LIMIT_BODY_BYTES limits bytes, with Content-Length or without', async () => {
    for (const init of [
      () => ({ body: BODY, headers: { 'content-length': String(BODY.length) } }),
      () => ({ body: new Blob([BODY.slice(0, 10), BODY.slice(10)]).stream() }),
    ]) {
      const refusalWith = (limit: number) =>
        refusalOf({ LIMIT_BODY_BYTES: String(limit) }, init() as RequestInit);
      assert.equal(await refusalWith(BODY.length), undefined);
      assert.equal(await refusalWith(BODY.length - 1), 'BODY_TOO_LARGE');
    }
  });
});
