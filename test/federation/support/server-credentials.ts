import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ADA, ADA_ID, BOB, HELD_ROLE } from './callers.ts';
import { bothSubgraphsWithOneUser } from './compose.ts';
import { dataOf } from './gateway.ts';
import { type GatewayKind, type Stack, startStack } from './stack.ts';

const TOKEN = 'fictional-gateway-token';
const LIMIT = 3;

/** Rolecall with its own keys, which admits the gateway and hides its schema; the directory has a `User`. */
export function describeServerCredentials(kind: GatewayKind) {
  describe(`${kind.name}, CREDENTIALS=server`, () => {
    let stack: Stack;
    before(async () => {
      stack = await startStack(kind, {
        subgraphs: bothSubgraphsWithOneUser,
        rolecall: {
          DD_API_KEY: 'ada-api-key',
          DD_APP_KEY: 'ada-app-key',
          HEYGEN_API_KEY: 'ada-heygen-key',
          CLIENT_TOKENS: TOKEN,
          INTROSPECTION: 'off',
          LIMIT_LIST_ITEMS: String(LIMIT),
        },
        gateway: { ROLECALL_TOKEN: TOKEN },
      });
    });
    after(() => stack?.[Symbol.asyncDispose]());
    beforeEach(() => stack.forget());

    test('lets the gateway in by its token, whatever the caller brings', async () => {
      for (const headers of [{}, ADA, { ...BOB, authorization: 'Bearer their-own' }]) {
        const data = dataOf(await stack.query('{ viewer { datadog { name team } } }', headers));
        assert.deepEqual(data.viewer.datadog, { name: 'Ada Fictional', team: `Team of ${ADA_ID}` });
      }
      const keys = stack.datadog.map(({ headers }) => headers['dd-api-key']);
      assert.deepEqual(keys, ['ada-api-key', 'ada-api-key', 'ada-api-key']);
      const others = JSON.stringify(stack.directory);
      for (const text of [TOKEN, 'bob-api-key']) assert.ok(!others.includes(text), text);
    });

    test('serves another subgraph’s type User beside Rolecall’s users', async () => {
      const query =
        '{ me { __typename nickname } viewer { datadog { name } heygen { lastName } } }';
      assert.deepEqual(dataOf(await stack.query(query)), {
        me: { __typename: 'User', nickname: 'Somebody' },
        viewer: { datadog: { name: 'Ada Fictional' }, heygen: { lastName: 'Fictional' } },
      });
      const { errors } = await stack.query('{ viewer { users { id } } }');
      assert.match(errors?.[0].message, /Cannot query field "users" on type "Viewer"/);
    });

    test('serves the rest where Rolecall refuses a request of the gateway’s as a whole', async () => {
      const query =
        'query ($ids: [ID!]!) { reviews(ids: $ids) { name owner } viewer { providers } }';
      const ids = Array.from({ length: LIMIT + 1 }, (_, index) => `${HELD_ROLE}-${index}`);
      const { data, errors = [] } = await stack.query(query, {}, { ids });
      assert.deepEqual(data.viewer.providers, ['DATADOG', 'HEYGEN']);
      assert.deepEqual(
        data.reviews,
        ids.map((id) => ({ name: null, owner: `Owner of ${id}` })),
      );
      assert.ok(errors.length > 0);
      for (const { extensions } of errors) {
        assert.equal(kind.refusalCode(extensions), 'LIST_TOO_LONG');
      }
    });
  });
}
