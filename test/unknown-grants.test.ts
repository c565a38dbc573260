import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  permission,
  type Resource,
  ref,
  role,
  userDocument,
  userWithRoles,
  uuid,
} from './fixtures/datadog.ts';
import { codesOf, createRolecallFor } from './support/rolecall.ts';
import { json, type Script, startUpstream } from './support/upstream.ts';

/** Enough executions for an operation to be compiled, and then executed as compiled code. */
const TIMES = 6;

const FIELDS = `
  permissions { name }
  ids: permissions { id }
  none: permissions(names: []) { id }
  grants { permission { name } roles { name } }
  has: hasPermission(name: "permission_1")
  hasNot: hasPermission(name: "other")
  checks: permissionChecks(names: ["permission_1", "other"]) { name granted grantedBy { name } }`;

/** The user that is served, asserted to be the same each time. */
async function serve(script: Script, fields = FIELDS, environment: Record<string, string> = {}) {
  await using datadog = await startUpstream(script);
  const rolecall = createRolecallFor({ datadog }, environment);
  const query = `{ viewer { datadog { ${fields} } } }`;
  const ask = async () => {
    const response = await rolecall.query(query);
    return { user: response.data.viewer.datadog, codes: codesOf(response) };
  };
  const first = await ask();
  for (let time = 1; time < TIMES; time += 1) assert.deepEqual(await ask(), first);
  return first;
}

const checks = (has: boolean | null, hasNot: boolean | null) => [
  { name: 'permission_1', granted: has, grantedBy: has ? [{ name: 'Role 1' }] : [] },
  { name: 'other', granted: hasNot, grantedBy: [] },
];
const UNKNOWN = {
  permissions: null,
  ids: null,
  none: null,
  grants: null,
  has: null,
  hasNot: null,
  checks: checks(null, null),
};
const NONE = {
  permissions: [],
  ids: [],
  none: [],
  grants: [],
  has: false,
  hasNot: false,
  checks: checks(false, false),
};
/** Role 1 grants permission 1; nothing else is known. */
const SOME = {
  permissions: [{ name: 'permission_1' }],
  ids: [{ id: uuid(4, 1) }],
  none: [],
  grants: [{ permission: { name: 'permission_1' }, roles: [{ name: 'Role 1' }] }],
  has: true,
  hasNot: null,
  checks: checks(true, null),
};
const ALL = { ...SOME, hasNot: false, checks: checks(true, false) };

const gone = ref('roles', 'gone');
const first = ref('roles', uuid(3, 1));
const roleOne = role(1, [uuid(4, 1)]);
/** A role with this `data` of its permissions. */
const roleWith = (index: number, data: unknown): Resource => ({
  ...role(index, []),
  relationships: { permissions: { data } },
});

const withRoles = (data: unknown, ...included: unknown[]) =>
  userDocument({ relationships: { roles: { data } }, included: [...included, permission(1)] });

/** Values that cannot be read as a role's identifier. */
const unreadable = [
  { type: 'roles' },
  { type: 'roles', id: 7 },
  { type: 'roles', id: '' },
  { id: 'x' },
  { type: 7, id: 'x' },
  null,
  'roles',
  [],
];

describe('permissions, grants, hasPermission and permissionChecks', () => {
  for (const [name, document, expected] of [
    ['no roles at all', withRoles([]), NONE],
    ['a role that grants nothing', withRoles([first], role(1, [])), NONE],
    ['a role that is known', withRoles([first], roleOne), ALL],
    ['a role that is not included', withRoles([gone]), UNKNOWN],
    ['roles that are not included', withRoles([gone, first]), UNKNOWN],
    [
      'a role without relationships',
      withRoles([first], { ...roleOne, relationships: {} }),
      UNKNOWN,
    ],
    ['a role with permissions that are no list', withRoles([first], roleWith(1, {})), UNKNOWN],
    ['a known role and one that is not included', withRoles([gone, first], roleOne), SOME],
    [
      'a known role and one without relationships',
      withRoles([first, ref('roles', uuid(3, 2))], roleOne, {
        ...role(2, []),
        relationships: {},
      }),
      SOME,
    ],
    ['identifiers of something else', withRoles([first, ref('badges', 'x')], roleOne), ALL],
    ['nothing but identifiers of something else', withRoles([ref('badges', 'x')]), NONE],
  ] as const) {
    test(name, async () => {
      assert.deepEqual(await serve(json(document)), { user: expected, codes: {} });
    });
  }

  for (const identifier of unreadable) {
    const name = JSON.stringify(identifier);
    test(`an identifier of a role that cannot be read is not known, rather than none: ${name}`, async () => {
      assert.deepEqual(await serve(json(withRoles([identifier]))), { user: UNKNOWN, codes: {} });
      const beside = await serve(json(withRoles([identifier, first], roleOne)));
      assert.deepEqual(beside, { user: SOME, codes: {} });
      const { user } = await serve(json(withRoles([identifier, first], roleOne)), 'roles { name }');
      assert.deepEqual(user.roles, [{ name: 'Role 1' }]);
      const alone = await serve(json(withRoles([identifier])), 'roles { name }');
      assert.deepEqual(alone, { user: { roles: null }, codes: {} });
    });
  }

  for (const id of [undefined, 7, '']) {
    test(`so is an identifier of a permission with the id ${JSON.stringify(id)}`, async () => {
      const odd = { type: 'permissions', id };
      const one = ref('permissions', uuid(4, 1));
      assert.deepEqual(await serve(json(withRoles([first], roleWith(1, [odd])))), {
        user: UNKNOWN,
        codes: {},
      });
      const document = withRoles([first], roleWith(1, [odd, one]));
      assert.deepEqual(await serve(json(document)), { user: SOME, codes: {} });
      const { user } = await serve(json(document), 'roles { permissions { name } }');
      assert.deepEqual(user.roles, [{ permissions: [{ name: 'permission_1' }] }]);
      const alone = withRoles([first], roleWith(1, [odd]));
      const { user: unknown } = await serve(json(alone), 'roles { permissions { name } }');
      assert.deepEqual(unknown.roles, [{ permissions: null }]);
    });
  }
});

describe('with DD_EXPAND=rest', () => {
  const environment = { DD_EXPAND: 'rest', UPSTREAM_RETRIES: '0', BREAKER_FAILURES: '1000' };
  const refusing =
    (document: unknown): Script =>
    (response, seen, call) =>
      (seen.path.endsWith('/current_user') ? json(document) : json({ errors: ['Forbidden'] }, 403))(
        response,
        seen,
        call,
      );

  test('a refused role leaves null with the error, not an empty list', async () => {
    const document = withRoles([gone]);
    assert.deepEqual(await serve(refusing(document), FIELDS, environment), {
      user: UNKNOWN,
      codes: { 'viewer.datadog.permissions': 'UPSTREAM_FORBIDDEN' },
    });
    for (const field of ['grants { permission { id } }', 'permissions { id }']) {
      const { user, codes } = await serve(refusing(document), field, environment);
      assert.deepEqual(Object.values(user), [null]);
      assert.deepEqual(Object.values(codes), ['UPSTREAM_FORBIDDEN']);
    }
  });

  test('a refused role beside a known one leaves what that one grants, with the error', async () => {
    assert.deepEqual(
      await serve(refusing(withRoles([gone, first], roleOne)), FIELDS, environment),
      { user: SOME, codes: { 'viewer.datadog.permissions': 'UPSTREAM_FORBIDDEN' } },
    );
  });

  test('an identifier that cannot be read is looked up by nobody', async () => {
    await using datadog = await startUpstream(json(withRoles(unreadable)));
    await createRolecallFor({ datadog }, environment).query(
      `{ viewer { datadog { ${FIELDS} roles { name } } } }`,
    );
    assert.deepEqual(
      datadog.seen.map(({ path }) => path),
      ['/api/v2/current_user'],
    );
  });
});

test('an alias that is not sent is none, and an attribute that is not known meets no filter', async () => {
  const document = userWithRoles(
    [role(1, [uuid(4, 1), uuid(4, 2)])],
    [permission(1, { restricted: null, group_name: '' }), permission(2, { restricted: 'yes' })],
  );
  const { user } = await serve(
    json(document),
    `has: hasPermission(name: "alias")
    restricted: permissions(restricted: true) { id }
    others: permissions(restricted: false) { id }
    nameless: permissions(groupName: "") { id }`,
  );
  assert.deepEqual(user, { has: false, restricted: [], others: [], nameless: [] });
});
