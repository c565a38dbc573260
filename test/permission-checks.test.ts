import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  manyRoles,
  permission,
  ref,
  role,
  userDocument,
  userWithRoles,
  uuid,
} from './fixtures/datadog.ts';
import { PermissionChecksOfDocument } from './generated/operations.ts';
import { createRolecall, createRolecallFor, dataOf, type Rolecall } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

/** Enough executions for an operation to be compiled, and then executed as compiled code. */
const TIMES = 5;

/** The checks, asserted to be the same each time: the names of their roles by name and `granted`. */
async function check(document: unknown, names: readonly string[]) {
  await using datadog = await startUpstream(json(document));
  const rolecall = createRolecallFor({ datadog });
  const ask = async () => {
    const response = await rolecall.query(PermissionChecksOfDocument, { variables: { names } });
    return dataOf(response).viewer.datadog?.permissionChecks.map(({ name, granted, grantedBy }) => [
      name,
      granted,
      grantedBy.map((each) => each.name),
    ]);
  };
  const first = await ask();
  for (let time = 1; time < TIMES; time += 1) assert.deepEqual(await ask(), first);
  return first;
}

/** Roles 1 to 3; permission 2 has two aliases, one of which is the name of permission 3. */
const document = userWithRoles(
  [role(1, [uuid(4, 3)]), role(2, [uuid(4, 1), uuid(4, 2)]), role(3, [uuid(4, 2), uuid(4, 3)])],
  [permission(1), permission(2, { name_aliases: ['second', 'permission_3'] }), permission(3)],
);

describe('permissionChecks', () => {
  test('has one check for each name, in the order asked, with the roles in the user’s order', async () => {
    assert.deepEqual(await check(document, ['other', 'permission_2', 'permission_1']), [
      ['other', false, []],
      ['permission_2', true, ['Role 2', 'Role 3']],
      ['permission_1', true, ['Role 2']],
    ]);
  });

  test('keeps names that come twice, and has no check without names', async () => {
    assert.deepEqual(await check(document, ['permission_1', 'other', 'permission_1']), [
      ['permission_1', true, ['Role 2']],
      ['other', false, []],
      ['permission_1', true, ['Role 2']],
    ]);
    assert.deepEqual(await check(document, []), []);
  });

  test('finds an alias, and each role once where several permissions have the name', async () => {
    assert.deepEqual(await check(document, ['second', 'permission_3']), [
      ['second', true, ['Role 2', 'Role 3']],
      ['permission_3', true, ['Role 1', 'Role 2', 'Role 3']],
    ]);
  });

  test('finds nothing on Object.prototype', async () => {
    const names = ['__proto__', 'constructor', ''];
    assert.deepEqual(
      await check(document, names),
      names.map((name) => [name, false, []]),
    );
  });

  test('is null where a role is not known, unless another one grants it', async () => {
    const some = userWithRoles([role(1, [uuid(4, 1)])], [permission(1)]);
    some.data.relationships['roles'] = { data: [ref('roles', 'gone'), ref('roles', uuid(3, 1))] };
    assert.deepEqual(await check(some, ['permission_1', 'other']), [
      ['permission_1', true, ['Role 1']],
      ['other', null, []],
    ]);
  });

  test('is null for every name where the user’s roles are not known', async () => {
    for (const roles of [null, 'nonsense', { data: 7 }]) {
      assert.deepEqual(await check(userDocument({ relationships: { roles } }), ['a', 'b']), [
        ['a', null, []],
        ['b', null, []],
      ]);
    }
  });

  test('agrees with hasPermission on every name of a user with 297 permissions', async () => {
    await using datadog = await startUpstream(json(manyRoles()));
    const rolecall = createRolecallFor({ datadog });
    const names = Array.from({ length: 300 }, (_, index) => `permission_${index}`);
    const query =
      'query ($names: [String!]!) { viewer { datadog { permissionChecks(names: $names) { name granted grantedBy { id } } grants { permission { name } roles { id } } } } }';
    const { permissionChecks, grants } = dataOf(
      await rolecall.query(query, { variables: { names } }),
    ).viewer.datadog;
    const roles = new Map(grants.map((grant: any) => [grant.permission.name, grant.roles]));
    assert.deepEqual(
      permissionChecks,
      names.map((name) => ({
        name,
        granted: roles.has(name),
        grantedBy: roles.get(name) ?? [],
      })),
    );
    for (const name of ['permission_0', 'permission_1', 'permission_297', 'permission_298']) {
      const single = `{ viewer { datadog { hasPermission(name: "${name}") } } }`;
      assert.equal(
        dataOf(await rolecall.query(single)).viewer.datadog.hasPermission,
        roles.has(name),
      );
    }
  });
});

describe('limits of permissionChecks', () => {
  const query =
    'query ($names: [String!]!) { viewer { datadog { permissionChecks(names: $names) { name grantedBy { id permissions { id } } } } } }';
  const names = (count: number) => Array.from({ length: count }, () => 'permission_1');

  async function codeOf(rolecall: Rolecall, text: string, variables: Record<string, unknown>) {
    const { errors, data } = await rolecall.query(text, { variables });
    if (errors !== undefined) assert.equal(data, undefined);
    return errors?.[0]?.extensions?.['code'];
  }

  test('LIMIT_LIST_ITEMS limits the names, in variables, in the document and in its defaults', async () => {
    const rolecall = createRolecall({ LIMIT_LIST_ITEMS: '3' });
    assert.equal(await codeOf(rolecall, query, { names: names(3) }), undefined);
    assert.equal(await codeOf(rolecall, query, { names: names(4) }), 'LIST_TOO_LONG');
    for (const [count, code] of [
      [3, undefined],
      [4, 'LIST_TOO_LONG'],
    ] as const) {
      const list = JSON.stringify(names(count));
      const literal = `{ viewer { datadog { permissionChecks(names: ${list}) { name } } } }`;
      const byDefault = `query ($names: [String!]! = ${list}) { viewer { datadog { permissionChecks(names: $names) { name } } } }`;
      assert.equal(await codeOf(rolecall, literal, {}), code);
      assert.equal(await codeOf(rolecall, byDefault, {}), code);
    }
  });

  test('LIMIT_NODES limits the checks, their roles and what is below, each time', async () => {
    await using datadog = await startUpstream(json(document));
    // Ten checks; each has role 2, which has two permissions.
    const exact = createRolecallFor({ datadog }, { LIMIT_NODES: '40' });
    const less = createRolecallFor({ datadog }, { LIMIT_NODES: '39' });
    for (let time = 0; time < TIMES; time += 1) {
      assert.equal(await codeOf(exact, query, { names: names(10) }), undefined);
      assert.equal(await codeOf(less, query, { names: names(10) }), 'TOO_MANY_NODES');
    }
  });
});
