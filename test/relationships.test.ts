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
import { HasPermissionDocument } from './generated/operations.ts';
import { codesOf, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

async function ask(document: unknown, fields: string) {
  await using datadog = await startUpstream(json(document));
  return await createRolecallFor({ datadog }).query(`{ viewer { datadog { ${fields} } } }`);
}

async function served(document: unknown, fields: string) {
  return dataOf(await ask(document, fields)).viewer.datadog;
}

async function hasPermission(document: unknown, name: string) {
  await using datadog = await startUpstream(json(document));
  const response = await createRolecallFor({ datadog }).query(HasPermissionDocument, {
    variables: { name },
  });
  return dataOf(response).viewer.datadog?.hasPermission;
}

const ROLE_FIELDS = 'roles { id name permissions { id name } }';

describe('null means not known, and [] means none, of relationships', () => {
  test('an absent relationship, and one without data, are null', async () => {
    const fields =
      'organization { id } otherOrganizations { id } roles { id } permissions { id } grants { permission { id } } hasPermission(name: "a")';
    for (const relationships of [
      { org: undefined, roles: undefined },
      { org: { data: null }, roles: { data: null }, other_orgs: { data: null } },
      { org: {}, roles: {}, other_orgs: null },
    ]) {
      assert.deepEqual(await served(userDocument({ relationships }), fields), {
        organization: null,
        otherOrganizations: null,
        roles: null,
        permissions: null,
        grants: null,
        hasPermission: null,
      });
    }
  });

  test('a document without relationships at all', async () => {
    const document = { data: { type: 'users', id: 'only-this' } };
    assert.deepEqual(await served(document, 'id username displayName organization { id }'), {
      id: 'only-this',
      username: 'only-this',
      displayName: 'only-this',
      organization: null,
    });
  });

  test('a role that is not included keeps its id, its fields and permissions are null', async () => {
    const document = userWithRoles([role(1, [uuid(4, 1)])], [permission(1)]);
    document.data.relationships['roles'] = {
      data: [ref('roles', 'gone'), ref('roles', uuid(3, 1))],
    };
    const user = await served(
      document,
      `${ROLE_FIELDS} permissions { name } grants { permission { name } roles { id } }`,
    );
    assert.deepEqual(user.roles, [
      { id: 'gone', name: null, permissions: null },
      { id: uuid(3, 1), name: 'Role 1', permissions: [{ id: uuid(4, 1), name: 'permission_1' }] },
    ]);
    assert.deepEqual(user.permissions, [{ name: 'permission_1' }]);
    assert.deepEqual(user.grants, [
      { permission: { name: 'permission_1' }, roles: [{ id: uuid(3, 1) }] },
    ]);
  });

  test('a permission that is not included keeps its id', async () => {
    const document = userWithRoles([role(1, ['gone', uuid(4, 1)])], [permission(1)]);
    const user = await served(document, 'permissions { id name restricted }');
    assert.deepEqual(user.permissions, [
      { id: 'gone', name: null, restricted: null },
      { id: uuid(4, 1), name: 'permission_1', restricted: false },
    ]);
  });

  test('team roles are roles, and count in no other field', async () => {
    const document = userDocument({
      relationships: { team_roles: { data: [ref('roles', uuid(3, 7))] } },
      included: [role(7, [uuid(4, 1)]), permission(1)],
    });
    assert.deepEqual(
      await served(document, 'teamRoles { name permissions { name } } permissions { id }'),
      {
        teamRoles: [{ name: 'Role 7', permissions: [{ name: 'permission_1' }] }],
        permissions: [],
      },
    );
  });
});

describe('duplicates, unknown types and odd ids in relationships', () => {
  test('duplicates count once, and of two that differ the first wins', async () => {
    const granted = [uuid(4, 1), uuid(4, 2), uuid(4, 1)];
    const document = userWithRoles(
      [role(1, granted), role(1, [], { name: 'Second' })],
      [permission(1), permission(2), permission(1, { name: 'second' })],
    );
    const user = await served(document, `${ROLE_FIELDS} permissions { name }`);
    assert.deepEqual(user, {
      roles: [
        {
          id: uuid(3, 1),
          name: 'Role 1',
          permissions: [
            { id: uuid(4, 1), name: 'permission_1' },
            { id: uuid(4, 2), name: 'permission_2' },
          ],
        },
      ],
      permissions: [{ name: 'permission_1' }, { name: 'permission_2' }],
    });
  });

  test('duplicates count once in each list that they are in', async () => {
    const [first, second] = [uuid(4, 1), uuid(4, 2)];
    const document = userWithRoles(
      [role(1, [first, second]), role(2, [second, first, second, first])],
      [permission(1), permission(2)],
    );
    assert.deepEqual((await served(document, 'roles { permissions { id } }')).roles, [
      { permissions: [{ id: first }, { id: second }] },
      { permissions: [{ id: second }, { id: first }] },
    ]);
  });

  test('unknown types and entries without an id are passed over', async () => {
    const document = userWithRoles([role(1, [uuid(4, 1)])], [permission(1)]);
    document.data.relationships['roles'] = {
      data: [
        ref('badges', 'x'),
        { type: 'roles' },
        null,
        'roles',
        { type: 'roles', id: 7 },
        ref('roles', uuid(3, 1)),
      ],
    };
    document.included?.unshift(
      null,
      'text',
      [],
      { type: 'badges', id: 'x' },
      { type: 'roles' },
      { id: 'x' },
      { type: 'roles', id: '' },
    );
    const { roles } = await served(document, 'roles { name }');
    assert.deepEqual(roles, [{ name: 'Role 1' }]);
  });

  test('ids like __proto__ are just strings', async () => {
    const ids = ['__proto__', 'constructor', 'toString'];
    const permissions = ids.map((id) => ({ ...permission(1, { name: `name of ${id}` }), id }));
    const document = userWithRoles([{ ...role(1, ids), id: '__proto__' }], permissions);
    const { roles } = await served(document, ROLE_FIELDS);
    assert.deepEqual(roles, [
      {
        id: '__proto__',
        name: 'Role 1',
        permissions: ids.map((id) => ({ id, name: `name of ${id}` })),
      },
    ]);
    assert.equal(await hasPermission(userWithRoles([], []), '__proto__'), false);
  });

  test('linkage that is none is an invalid value of its field, and of what derives from it', async () => {
    const document = userDocument({
      relationships: { roles: { data: 'all of them' }, org: { data: [ref('orgs', 'a')] } },
    });
    const response = await ask(
      document,
      'id organization { id } roles { id } permissions { id } hasPermission(name: "a")',
    );
    assert.equal(response.data.viewer.datadog.hasPermission, null);
    assert.deepEqual(codesOf(response), {
      'viewer.datadog.organization': 'UPSTREAM_INVALID_VALUE',
      'viewer.datadog.roles': 'UPSTREAM_INVALID_VALUE',
      'viewer.datadog.permissions': 'UPSTREAM_INVALID_VALUE',
    });
  });
});

test('other organizations are expanded from included', async () => {
  const document = userDocument({
    relationships: {
      other_orgs: { data: [ref('orgs', 'b'), ref('orgs', 'gone'), ref('orgs', 'b')] },
    },
    included: [org('b', { name: 'B' })],
  });
  const { otherOrganizations } = await served(document, 'otherOrganizations { id name }');
  assert.deepEqual(otherOrganizations, [
    { id: 'b', name: 'B' },
    { id: 'gone', name: null },
  ]);
});
