import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { createSchema } from 'graphql-yoga';
import {
  administrator,
  manyRoles,
  permission,
  ref,
  role,
  userDocument,
  userWithRoles,
  uuid,
} from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { stopDate } from './support/clock.ts';
import { readConfig } from './support/config.ts';
import { createEndpoint } from './support/endpoint.ts';
import { listItemsOf } from './support/list-items.ts';
import { operationsOf } from './support/operations.ts';
import { createRolecallFor, type Rolecall } from './support/rolecall.ts';
import { json, type Script, startUpstream, text } from './support/upstream.ts';

/** The ordinary executor executes an operation twice; from the third time on, compiled code does. */
const TIMES = 5;
/** Of generated operations. */
const RUNS = Number(process.env['RUNS'] ?? 40);
const NINE =
  'id name displayName displayType description groupName nameAliases restricted createdAt';

async function post(rolecall: Rolecall, path: string, query: string, variables = {}) {
  const response = await rolecall.fetch(`http://rolecall.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as any };
}

/** Asserts that the operation is refused each time, with one error and no data. */
async function assertRefused(rolecall: Rolecall, path: string, query: string, variables = {}) {
  for (let time = 0; time < TIMES; time += 1) {
    const { status, body } = await post(rolecall, path, query, variables);
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(body), ['errors']);
    const codes = body.errors.map((error: any) => error.extensions.code);
    assert.deepEqual(codes, ['TOO_MANY_NODES']);
  }
}

/** Two users of one person, who refer to each other and share their roles. */
const shared = userDocument({
  relationships: {
    roles: { data: [1, 2, 3].map((index) => ref('roles', uuid(3, index))) },
    other_users: { data: [ref('users', uuid(1, 2)), ref('users', 'unknown')] },
    other_orgs: { data: [ref('orgs', 'unknown')] },
  },
  included: [
    {
      ...userDocument().data,
      id: uuid(1, 2),
      relationships: {
        roles: { data: [ref('roles', uuid(3, 1))] },
        other_users: { data: [ref('users', uuid(1, 1))] },
      },
    },
    role(1, [uuid(4, 1), uuid(4, 2)], { receives_permissions_from: ['a', 'b'] }),
    role(2, [uuid(4, 2), uuid(4, 3), 'unknown']),
    { ...role(3, []), relationships: { permissions: { data: {} } } },
    permission(1, { name_aliases: ['alias'], group_name: 'Dashboards' }),
    permission(2, { name: 'dashboards_write', restricted: 'yes' }),
    permission(3, { name_aliases: [] }),
  ],
});

describe('list items of a response', () => {
  const operations = operationsOf(buildSchema(readFileSync('schema/schema.graphql', 'utf8')));
  for (const [title, script, environment] of [
    ['a document with everything in it', json(shared), {}],
    ['a document that is expanded from elsewhere', json(shared), { DD_EXPAND: 'rest' }],
    ['a vendor that fails', text('', 403), {}],
  ] as readonly (readonly [string, Script, { readonly DD_EXPAND?: 'rest' }])[]) {
    test(`are counted exactly before execution: ${title}`, async () => {
      await using datadog = await startUpstream(script);
      await using heygen = await startUpstream(json(v1()));
      // So that `asOf` is the same each time.
      using _date = stopDate();
      const limited = (nodes: number) =>
        createRolecallFor(
          { datadog, heygen },
          { HEYGEN_API_VERSION: 'v1', ...environment, LIMIT_NODES: String(nodes), RATE_LIMIT: '0' },
        );
      const unlimited = limited(1_000_000);
      let exact = 0;
      await fc.assert(
        fc.asyncProperty(operations, async ({ query, variables }) => {
          const { body } = await post(unlimited, '/graphql', query, variables);
          assert.ok(body.data);
          const items = listItemsOf(body.data);
          const errors: readonly any[] = body.errors ?? [];
          const invalid = errors.filter(
            ({ extensions }) => extensions.code === 'UPSTREAM_INVALID_VALUE',
          );
          // The response does not say how many values could not be fetched: that is reported once.
          if (environment.DD_EXPAND !== undefined && invalid.length < errors.length) return;
          exact += 1;
          const nodes = items > 0 ? items + invalid.length : 0;
          if (nodes > 0) {
            const served = await post(limited(nodes), '/graphql', query, variables);
            assert.deepEqual(served.body, body);
          }
          if (nodes > 1) {
            const refused = await post(limited(nodes - 1), '/graphql', query, variables);
            assert.equal(refused.body.errors[0].extensions.code, 'TOO_MANY_NODES');
          }
        }),
        // Shrinking a generated operation does not end. The seed reproduces it.
        { numRuns: RUNS, endOnFailure: true },
      );
      assert.ok(exact > RUNS / 2, `${exact} of ${RUNS}`);
    });
  }

  test('are counted for each selection, also of lists that the last response had too', async () => {
    const list = userWithRoles(
      [role(1, [uuid(4, 1), uuid(4, 2)])],
      [permission(1), permission(2, { restricted: 'yes' })],
    );
    await using datadog = await startUpstream(json(list));
    const rolecall = createRolecallFor({ datadog }, { LIMIT_NODES: '3' });
    const ask = async (leaf: string) =>
      post(rolecall, '/graphql', `{ viewer { datadog { roles { permissions { ${leaf} } } } } }`);
    for (let time = 0; time < TIMES; time += 1) {
      const { body: served } = await ask('name');
      assert.equal(served.data.viewer.datadog.roles[0].permissions.length, 2);
      // Two lists with three items, and an error.
      const { body: refused } = await ask('restricted');
      assert.equal(refused.errors[0].extensions.code, 'TOO_MANY_NODES');
    }
  });

  test('include a list of the wrong type, which is an error', async () => {
    const wrong = { ...role(1, []), relationships: { permissions: { data: {} } } };
    await using datadog = await startUpstream(json(userWithRoles([wrong, role(2, [])], [])));
    const query = '{ viewer { datadog { roles { permissions(names: ["a"]) { restricted } } } } }';
    const codeFor = async (limit: string) => {
      const rolecall = createRolecallFor({ datadog }, { LIMIT_NODES: limit });
      return (await post(rolecall, '/graphql', query)).body.errors[0].extensions.code;
    };
    // Two roles, the empty list of one, and the error of the other.
    assert.equal(await codeFor('4'), 'UPSTREAM_INVALID_VALUE');
    assert.equal(await codeFor('3'), 'TOO_MANY_NODES');
  });

  test('are counted once though the operation is executed again for an error', async () => {
    await using datadog = await startUpstream(json(shared));
    const query = '{ viewer { datadog { roles { permissions { restricted nameAliases } } } } }';
    const rolecall = createRolecallFor({ datadog }, { LIMIT_NODES: '1000' });
    const { body } = await post(rolecall, '/graphql', query);
    assert.ok(body.errors);
    const nodes = listItemsOf(body.data) + body.errors.length;
    const exact = createRolecallFor({ datadog }, { LIMIT_NODES: `${nodes}` });
    for (let time = 0; time < TIMES; time += 1) {
      assert.deepEqual((await post(exact, '/graphql', query)).body, body);
    }
  });

  test('are counted where a filter leaves nothing: an empty list costs something too', async () => {
    await using datadog = await startUpstream(json(manyRoles()));
    const query =
      '{ viewer { datadog { grants { roles { permissions(names: ["none"]) { id } } } } } }';
    // 297 grants, 830 roles, 830 empty lists.
    await assertRefused(createRolecallFor({ datadog }, { LIMIT_NODES: '1956' }), '/graphql', query);
    const { status } = await post(
      createRolecallFor({ datadog }, { LIMIT_NODES: '1957' }),
      '/graphql',
      query,
    );
    assert.equal(status, 200);
  });
});

describe('an operation with too many list items', () => {
  test('is refused by default where 412 grants repeat the 412 permissions of a role', async () => {
    await using datadog = await startUpstream(json(administrator()));
    const rolecall = createRolecallFor({ datadog });
    const query = `{ viewer { datadog { grants { permission { ${NINE} } roles { permissions { ${NINE} } } } } } }`;
    await assertRefused(rolecall, '/graphql', query);
  });

  test('is refused where users list each other over and over', async () => {
    const users = Array.from({ length: 30 }, (_, index) => ref('users', uuid(1, index + 1)));
    const relationships = { roles: { data: [] }, other_users: { data: users } };
    const others = users.map(({ id }) => ({ ...userDocument().data, id, relationships }));
    await using datadog = await startUpstream(
      json(userDocument({ relationships, included: others.slice(1) })),
    );
    const query = `{ viewer { datadog ${'{ otherUsers '.repeat(9)}{ id }${' }'.repeat(9)} } }`;
    await assertRefused(createRolecallFor({ datadog }), '/graphql', query);
  });

  test('is refused where many permissions have many values that do not fit', async () => {
    const invalid = Array.from({ length: 400 }, (_, index) =>
      permission(index + 1, { restricted: 'x', created: 'y', name_aliases: 3, description: 1 }),
    );
    const ids = invalid.map(({ id }) => id);
    const roles = Array.from({ length: 20 }, (_, index) => role(index + 1, ids));
    await using datadog = await startUpstream(json(userWithRoles(roles, invalid)));
    // 20 roles, 8,000 permissions, 6 errors in each of them: 56,020.
    const query =
      '{ viewer { datadog { roles { permissions { restricted createdAt nameAliases description a: restricted b: createdAt } } } } }';
    await assertRefused(createRolecallFor({ datadog }), '/graphql', query);
  });

  test('is refused, and nothing fails in the background, while vendors fail', async () => {
    await using datadog = await startUpstream(text('', 403));
    await using heygen = await startUpstream(text('', 401));
    const rolecall = createRolecallFor({ datadog, heygen }, { LIMIT_NODES: '1' });
    await assertRefused(rolecall, '/graphql', '{ viewer { users { id } } }');
    await assertRefused(
      rolecall,
      '/graphql',
      '{ viewer { users { ... on DatadogUser { roles { id } } } } }',
    );
  });

  test('is refused, and nothing fails in the background, where representations are no entities', async () => {
    await using datadog = await startUpstream(json(administrator()));
    const rolecall = createRolecallFor({ datadog }, { LIMIT_NODES: '500' });
    const representations = Array.from({ length: 600 }, () => ({ __typename: 'Nothing' }));
    for (const selection of ['__typename', '... on Role { permissions { id } }']) {
      const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;
      await assertRefused(rolecall, '/subgraph', query, { representations });
    }
  });

  test('is refused before any leaf is looked at', async () => {
    let leaves = 0;
    const leaf = () => {
      leaves += 1;
      return 'leaf';
    };
    const schema = createSchema({
      typeDefs:
        'type Query { items: [Item!]! other: String } type Item { leaf: String items: [Item!]! }',
      resolvers: {
        Query: { items: () => [{}, {}], other: leaf },
        Item: { leaf, items: () => [{}, {}] },
      },
    });
    const endpoint = createEndpoint(schema, [], readConfig({ LIMIT_NODES: '5' }));
    const statusOf = async (query: string) => (await endpoint.post({ query })).status;
    assert.equal(await statusOf('{ other items { leaf items { leaf } } }'), 400);
    assert.equal(leaves, 0);
    assert.equal(await statusOf('{ other items { leaf } }'), 200);
    assert.equal(leaves, 3);
  });
});
