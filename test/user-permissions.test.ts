import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { permission, ref, role, userDocument, userWithRoles, uuid } from './fixtures/datadog.ts';
import { HasPermissionDocument } from './generated/operations.ts';
import { createRolecallFor, dataOf } from './support/rolecall.ts';
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

describe('permission filters', () => {
  const document = userWithRoles(
    [
      role(
        1,
        [1, 2, 3, 4, 5].map((index) => uuid(4, index)),
      ),
    ],
    [
      permission(1, { name_aliases: ['first'] }),
      permission(2),
      permission(3, { group_name: null, restricted: null }),
      permission(4, { name: null }),
      permission(5),
    ],
  );

  async function names(args: string) {
    const user = await served(
      document,
      `permissions${args} { displayName } grants${args} { permission { displayName } } roles { permissions${args} { displayName } }`,
    );
    const direct = user.permissions.map((each: { displayName: string }) => each.displayName);
    assert.deepEqual(
      user.grants.map(
        (each: { permission: { displayName: string } }) => each.permission.displayName,
      ),
      direct,
    );
    assert.deepEqual(
      user.roles[0].permissions.map((each: { displayName: string }) => each.displayName),
      direct,
    );
    return direct.map((name: string) => Number(name.replace('Permission ', '')));
  }

  test('names match names, not aliases', async () => {
    assert.deepEqual(
      await names('(names: ["permission_2", "permission_1", "first", "other"])'),
      [1, 2],
    );
    assert.deepEqual(await names('(names: ["first"])'), []);
  });

  test('an empty list of names matches nothing', async () => {
    assert.deepEqual(await names('(names: [])'), []);
  });

  test('a null argument is no filter', async () => {
    assert.deepEqual(
      await names('(names: null, groupName: null, restricted: null)'),
      [1, 2, 3, 4, 5],
    );
  });

  test('an unknown attribute never matches', async () => {
    assert.deepEqual(await names('(groupName: "Odd")'), [1, 5]);
    assert.deepEqual(await names('(restricted: false)'), [1, 2, 4]);
  });

  test('filters are ANDed', async () => {
    assert.deepEqual(await names('(groupName: "Odd", restricted: true)'), [5]);
    assert.deepEqual(await names('(groupName: "Even", names: ["permission_1"])'), []);
  });

  test('filtered ids are found even when only ids are asked for', async () => {
    const { permissions } = await served(document, 'permissions(restricted: true) { id }');
    assert.deepEqual(permissions, [{ id: uuid(4, 5) }]);
  });
});

describe('hasPermission', () => {
  const known = userWithRoles(
    [role(1, [uuid(4, 1)])],
    [permission(1, { name_aliases: ['alias'] })],
  );

  test('is true by name and by alias, else false', async () => {
    assert.equal(await hasPermission(known, 'permission_1'), true);
    assert.equal(await hasPermission(known, 'alias'), true);
    assert.equal(await hasPermission(known, 'other'), false);
    assert.equal(await hasPermission(userDocument(), 'other'), false);
  });

  test('is null where a role is not known, unless another one grants it', async () => {
    const document = userWithRoles([role(1, [uuid(4, 1)])], [permission(1)]);
    document.data.relationships['roles'] = {
      data: [ref('roles', 'gone'), ref('roles', uuid(3, 1))],
    };
    assert.equal(await hasPermission(document, 'permission_1'), true);
    assert.equal(await hasPermission(document, 'other'), null);
  });

  test('is null where the name of a granted permission is not known', async () => {
    for (const unknown of [permission(2, { name: null }), permission(2, { name: 42 })]) {
      const document = userWithRoles([role(1, [uuid(4, 1), uuid(4, 2)])], [permission(1), unknown]);
      assert.equal(await hasPermission(document, 'permission_1'), true);
      assert.equal(await hasPermission(document, 'other'), null);
    }
    const dangling = userWithRoles([role(1, ['gone'])], []);
    assert.equal(await hasPermission(dangling, 'other'), null);
  });

  test('a role whose permissions are not known leaves it open', async () => {
    const document = userWithRoles([{ ...role(1, []), relationships: {} }], []);
    assert.equal(await hasPermission(document, 'other'), null);
  });
});
