import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { buildSchema, getNamedType, isLeafType, isObjectType } from 'graphql';
import * as fixtures from './fixtures/datadog.ts';
import { user as heygenUser, v1, v3 } from './fixtures/heygen.ts';
import { createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

/** The schema's name of each attribute that Datadog sends, by resource type. */
const ATTRIBUTES = {
  users: {
    created_at: 'createdAt',
    disabled: 'disabled',
    email: 'email',
    handle: 'handle',
    icon: 'icon',
    last_login_time: 'lastLoginTime',
    mfa_enabled: 'mfaEnabled',
    modified_at: 'modifiedAt',
    name: 'name',
    service_account: 'serviceAccount',
    status: 'status',
    title: 'title',
    uuid: 'uuid',
    verified: 'verified',
    allowed_login_methods: 'allowedLoginMethods',
  },
  orgs: {
    created_at: 'createdAt',
    description: 'description',
    disabled: 'disabled',
    modified_at: 'modifiedAt',
    name: 'name',
    public_id: 'publicId',
    sharing: 'sharing',
    url: 'url',
  },
  roles: {
    created_at: 'createdAt',
    modified_at: 'modifiedAt',
    name: 'name',
    managed: 'managed',
    receives_permissions_from: 'receivesPermissionsFrom',
    user_count: 'userCount',
  },
  permissions: {
    created: 'createdAt',
    description: 'description',
    display_name: 'displayName',
    display_type: 'displayType',
    group_name: 'groupName',
    name: 'name',
    name_aliases: 'nameAliases',
    restricted: 'restricted',
  },
} as const;

type Type = keyof typeof ATTRIBUTES;
type Attributes = Record<string, unknown>;

const BOOLEANS: Readonly<Record<Type, readonly string[]>> = {
  users: ['disabled', 'mfa_enabled', 'service_account', 'verified'],
  orgs: ['disabled'],
  roles: ['managed'],
  permissions: ['restricted'],
};

/** All attributes of a type, each with a different value. Of the booleans, only the one named here is true. */
function attributesOf(type: Type, isTrue: string | undefined): Attributes {
  const special: Attributes = {
    email: 'email@fictional.example',
    icon: 'https://icon.fictional.example/',
    url: 'https://url.fictional.example/',
    uuid: fixtures.uuid(9, 9),
    user_count: 7_000_000_007,
    allowed_login_methods: ['allowed', 'methods'],
    receives_permissions_from: ['receives', 'from'],
    name_aliases: ['name', 'aliases'],
  };
  return Object.fromEntries(
    Object.keys(ATTRIBUTES[type]).map((name, index) => {
      if (BOOLEANS[type].includes(name)) return [name, name === isTrue];
      if (/^created|_at$|_time$/.test(name))
        return [name, `2020-01-${10 + index}T00:00:00.00000${index}Z`];
      return [name, special[name] ?? `the ${name} of ${type}`];
    }),
  );
}

const fieldsOf = (type: Type) => Object.values(ATTRIBUTES[type]).join(' ');

const expected = (type: Type, attributes: Attributes) =>
  Object.fromEntries(
    Object.entries(ATTRIBUTES[type]).map(([name, field]) => [field, attributes[name]]),
  );

describe('every attribute is served by its own field', () => {
  for (let turn = -1; turn < 4; turn += 1) {
    const isTrue = (type: Type) => BOOLEANS[type][turn];
    test(`of Datadog's types, where ${isTrue('users') ?? 'none'} is the user's only true boolean`, async () => {
      const attributes = (type: Type) => attributesOf(type, isTrue(type));
      const document = fixtures.userWithRoles(
        [fixtures.role(1, [fixtures.uuid(4, 1)], attributes('roles'))],
        [fixtures.permission(1, attributes('permissions'))],
      );
      document.data.attributes = attributes('users');
      document.included?.unshift(fixtures.org(fixtures.ORG_ID, attributes('orgs')));
      await using datadog = await startUpstream(json(document));
      const { viewer } = dataOf(
        await createRolecallFor({ datadog }).query(`{ viewer { datadog {
          ${fieldsOf('users')}
          organization { ${fieldsOf('orgs')} }
          roles { ${fieldsOf('roles')} permissions { ${fieldsOf('permissions')} } }
        } } }`),
      );
      assert.deepEqual(viewer.datadog, {
        ...expected('users', attributes('users')),
        organization: expected('orgs', attributes('orgs')),
        roles: [
          {
            ...expected('roles', attributes('roles')),
            permissions: [expected('permissions', attributes('permissions'))],
          },
        ],
      });
    });
  }

  test('of HeyGen, in both versions', async () => {
    for (const [HEYGEN_API_VERSION, body] of [
      ['v1', v1()],
      ['v3', v3()],
    ] as const) {
      await using heygen = await startUpstream(json(body));
      const { viewer } = dataOf(
        await createRolecallFor({ heygen }, { HEYGEN_API_VERSION }).query(
          '{ viewer { heygen { id username email firstName lastName displayName } } }',
        ),
      );
      assert.deepEqual(viewer.heygen, {
        id: heygenUser.username,
        username: heygenUser.username,
        email: heygenUser.email,
        firstName: heygenUser.first_name,
        lastName: heygenUser.last_name,
        displayName: `${heygenUser.first_name} ${heygenUser.last_name}`,
      });
    }
  });
});

test('every field of a scalar type is compared', () => {
  const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
  const derived = ['id', 'provider', 'username', 'displayName', 'asOf', 'hasPermission'];
  for (const [name, type] of [
    ['DatadogUser', 'users'],
    ['Organization', 'orgs'],
    ['Role', 'roles'],
    ['Permission', 'permissions'],
  ] as const) {
    const ofType = schema.getType(name);
    assert.ok(isObjectType(ofType));
    const leaves = Object.values(ofType.getFields()).flatMap((field) =>
      isLeafType(getNamedType(field.type)) ? field.name : [],
    );
    const compared: readonly string[] = Object.values(ATTRIBUTES[type]);
    assert.deepEqual(
      leaves.filter((leaf) => !compared.includes(leaf) && !derived.includes(leaf)),
      [],
    );
  }
});

test('no two attributes of a fixture have the same value', () => {
  for (const { attributes } of [
    fixtures.userDocument().data,
    fixtures.org(),
    fixtures.role(2, []),
    fixtures.permission(2),
  ]) {
    const values = Object.values(attributes).filter(
      (value) => value !== null && typeof value !== 'boolean',
    );
    assert.equal(new Set(values.map((value) => JSON.stringify(value))).size, values.length);
  }
});
