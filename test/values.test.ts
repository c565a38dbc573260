import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { permission, role, userDocument, userWithRoles, uuid } from './fixtures/datadog.ts';
import { codesOf, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

async function ask(document: unknown, fields: string) {
  await using datadog = await startUpstream(json(document));
  return await createRolecallFor({ datadog }).query(`{ viewer { datadog { id ${fields} } } }`);
}

describe('a value that does not fit its field', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['name', 'name', 42],
    ['name', 'name', { first: 'Ada' }],
    ['title', 'title', false],
    ['disabled', 'disabled', 'false'],
    ['verified', 'verified', 1],
    ['uuid', 'uuid', 'not-a-uuid'],
    ['icon', 'icon', '/avatars/1.png'],
    ['email', 'email', 'ada at fictional.example'],
    ['createdAt', 'created_at', '2026-02-30T00:00:00Z'],
    ['createdAt', 'created_at', 1_783_000_000],
    ['lastLoginTime', 'last_login_time', 'yesterday'],
    ['allowedLoginMethods', 'allowed_login_methods', 'saml'],
    ['allowedLoginMethods', 'allowed_login_methods', ['saml', 42]],
    ['allowedLoginMethods', 'allowed_login_methods', ['saml', null]],
  ];
  for (const [field, attribute, value] of cases) {
    test(`${attribute}: ${JSON.stringify(value)} nulls that one field, with its path`, async () => {
      const response = await ask(
        userDocument({ attributes: { [attribute]: value } }),
        `${field} status`,
      );
      assert.equal(response.status, 200);
      assert.deepEqual(response.data.viewer.datadog, {
        id: uuid(1, 1),
        [field]: null,
        status: 'Active',
      });
      assert.equal(response.errors?.length, 1);
      assert.deepEqual(response.errors?.[0]?.path, ['viewer', 'datadog', field]);
      assert.deepEqual(response.errors?.[0]?.extensions, {
        code: 'UPSTREAM_INVALID_VALUE',
        provider: 'DATADOG',
      });
      assert.match(
        response.errors?.[0]?.message ?? '',
        new RegExp(`Datadog sent an invalid \`${attribute}\`: it is not`),
      );
    });
  }

  test('in an item of a list it nulls the field of that item', async () => {
    const document = userWithRoles(
      [role(1, [uuid(4, 1), uuid(4, 2)], { user_count: 1.5, receives_permissions_from: [1] })],
      [permission(1, { restricted: 'yes' }), permission(2)],
    );
    const response = await ask(
      document,
      'roles { userCount receivesPermissionsFrom permissions { restricted } }',
    );
    assert.deepEqual(response.data.viewer.datadog.roles, [
      {
        userCount: null,
        receivesPermissionsFrom: null,
        permissions: [{ restricted: null }, { restricted: false }],
      },
    ]);
    assert.deepEqual(codesOf(response), {
      'viewer.datadog.roles.0.userCount': 'UPSTREAM_INVALID_VALUE',
      'viewer.datadog.roles.0.receivesPermissionsFrom': 'UPSTREAM_INVALID_VALUE',
      'viewer.datadog.roles.0.permissions.0.restricted': 'UPSTREAM_INVALID_VALUE',
    });
  });

  test('costs nothing where it is not asked for', async () => {
    const document = userDocument({ attributes: { name: 42, icon: 'no' } });
    assert.deepEqual(dataOf(await ask(document, 'displayName')).viewer.datadog, {
      id: uuid(1, 1),
      displayName: 'ada@fictional.example',
    });
  });
});

describe('a value that fits', () => {
  test('timestamps keep the offset and the precision', async () => {
    for (const created_at of [
      '2026-07-03T13:37:04.755861+00:00',
      '2018-10-25T17:46:46.73281Z',
      '2026-07-03T13:37:04Z',
      '2026-07-03T15:37:04.123456789+02:00',
    ]) {
      const { viewer } = dataOf(
        await ask(userDocument({ attributes: { created_at } }), 'createdAt'),
      );
      assert.equal(viewer.datadog.createdAt, created_at);
    }
  });

  test('URLs keep their spelling', async () => {
    for (const icon of ['https://fictional.example', 'HTTPS://Fictional.Example/a b?c=%7e']) {
      const { viewer } = dataOf(await ask(userDocument({ attributes: { icon } }), 'icon'));
      assert.equal(viewer.datadog.icon, icon);
    }
  });

  test('an empty text is none', async () => {
    const attributes = { name: '', title: '', email: '', icon: '', created_at: '', uuid: '' };
    const response = await ask(
      userDocument({ attributes }),
      'name title email icon createdAt uuid',
    );
    assert.deepEqual(dataOf(response).viewer.datadog, {
      id: uuid(1, 1),
      name: null,
      title: null,
      email: null,
      icon: null,
      createdAt: null,
      uuid: null,
    });
  });

  test('a count beyond 32 bits', async () => {
    const document = userWithRoles([role(1, [], { user_count: 5_000_000_000 })], []);
    const { viewer } = dataOf(await ask(document, 'roles { userCount }'));
    assert.equal(viewer.datadog.roles[0].userCount, 5_000_000_000);
  });
});
