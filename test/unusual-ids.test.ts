import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  org,
  permission,
  ref,
  role,
  userDocument,
  userWithRoles,
  uuid,
} from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { codesOf, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const CURRENT_USER = '/api/v2/current_user';

async function ask(document: unknown, fields: string) {
  await using datadog = await startUpstream(json(document));
  const rolecall = createRolecallFor({ datadog }, { DD_EXPAND: 'rest' });
  const response = await rolecall.query(`{ viewer { datadog { ${fields} } } }`);
  return { response, paths: datadog.seen.map(({ path }) => path) };
}

describe('an identifier with an empty id', () => {
  test('in a list is passed over, and nobody is asked about it', async () => {
    const document = userWithRoles([role(1, ['', uuid(4, 1)])], [permission(1)]);
    document.data.relationships['roles'] = {
      data: [ref('roles', ''), ref('roles', uuid(3, 1)), ref('roles', '')],
    };
    document.data.relationships['other_users'] = { data: [ref('users', '')] };
    const { response, paths } = await ask(
      document,
      'roles { id permissions { id name } } otherUsers { id name }',
    );
    assert.deepEqual(dataOf(response).viewer.datadog, {
      roles: [{ id: uuid(3, 1), permissions: [{ id: uuid(4, 1), name: 'permission_1' }] }],
      otherUsers: null,
    });
    assert.deepEqual(paths, [CURRENT_USER]);
  });

  test('alone is null', async () => {
    const document = userDocument({
      relationships: { org: { data: ref('orgs', '') } },
      included: [{ ...org(), id: '' }],
    });
    const { response } = await ask(document, 'organization { id name }');
    assert.equal(dataOf(response).viewer.datadog.organization, null);
  });

  test('of the user is no user', async () => {
    const document = userDocument();
    document.data.id = '';
    const { response } = await ask(document, 'id');
    assert.equal(response.data.viewer.datadog, null);
    assert.deepEqual(codesOf(response), { 'viewer.datadog': 'UPSTREAM_INVALID_RESPONSE' });
  });
});

describe('relationships that are a list', () => {
  test('of the user make the document none', async () => {
    const { response } = await ask({ data: { ...userDocument().data, relationships: [] } }, 'id');
    assert.equal(response.data.viewer.datadog, null);
    assert.deepEqual(codesOf(response), { 'viewer.datadog': 'UPSTREAM_INVALID_RESPONSE' });
    assert.match(response.errors?.[0]?.message ?? '', /`data\.relationships` is not an object/);
  });

  test('of an included role leave its permissions unknown', async () => {
    const { response } = await ask(
      userWithRoles([{ ...role(1, []), relationships: [] as never }], []),
      'roles { name permissions { id } } hasPermission(name: "a")',
    );
    assert.deepEqual(dataOf(response).viewer.datadog, {
      roles: [{ name: 'Role 1', permissions: null }],
      hasPermission: null,
    });
  });
});

test('an entity with an empty id is no representation, whatever a document holds, and nobody is asked', async () => {
  const document = userDocument({ included: [{ ...org(), id: '' }] });
  await using datadog = await startUpstream(json(document));
  await using heygen = await startUpstream(json(v1()));
  const rolecall = createRolecallFor({ datadog, heygen }, { DD_EXPAND: 'rest' });
  const types = ['DatadogUser', 'Organization', 'Role', 'Permission', 'HeyGenUser'];
  const response = await rolecall.fetch('http://rolecall.example/subgraph', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query:
        'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }',
      variables: { representations: types.map((__typename) => ({ __typename, id: '' })) },
    }),
  });
  const { data, errors } = (await response.json()) as any;
  assert.deepEqual(
    data._entities,
    types.map(() => null),
  );
  assert.deepEqual(
    errors.map(({ path, extensions }: any) => [path.join('.'), extensions.code]),
    types.map((_type, index) => [`_entities.${index}`, 'INVALID_REPRESENTATION']),
  );
  assert.deepEqual([datadog.seen.length, heygen.seen.length], [0, 0]);
});
