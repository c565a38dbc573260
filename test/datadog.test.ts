import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { version } from '../src/lib/version.ts';
import * as fixtures from './fixtures/datadog.ts';
import { EverythingDocument } from './generated/operations.ts';
import { codesOf, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

/** The response to a query for every field. */
async function askEverything(document: unknown) {
  await using datadog = await startUpstream(json(document));
  const response = await createRolecallFor({ datadog }).query(EverythingDocument);
  assert.equal(response.status, 200);
  assert.deepEqual(
    datadog.seen.map(({ path }) => path),
    ['/api/v2/current_user'],
  );
  return response;
}

async function served(document: unknown) {
  const { viewer } = dataOf(await askEverything(document));
  assert.ok(viewer.datadog);
  return viewer.datadog;
}

describe('the current user of Datadog', () => {
  test('is sent the keys and asked for JSON, and nothing of the caller travels', async () => {
    await using datadog = await startUpstream(json(fixtures.userDocument()));
    await createRolecallFor({ datadog }).query('{ viewer { datadog { id } } }', {
      headers: {
        authorization: 'Bearer theirs',
        cookie: 'a=theirs',
        'x-forwarded-for': '10.0.0.1',
      },
    });
    const { host, connection, ...headers } = datadog.seen[0]?.headers ?? {};
    assert.deepEqual(headers, {
      'dd-api-key': 'dd-api-MARKEDKEY',
      'dd-application-key': 'dd-app-MARKEDKEY',
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': `rolecall/${version}`,
    });
  });

  test('is served with every attribute, timestamps and URLs as they were sent', async () => {
    const user = await served(fixtures.userDocument({ included: [fixtures.org()] }));
    assert.deepEqual(user, {
      id: fixtures.USER_ID,
      provider: 'DATADOG',
      username: 'ada.handle@fictional.example',
      displayName: 'Ada Fictional',
      email: 'ada@fictional.example',
      uuid: fixtures.USER_UUID,
      name: 'Ada Fictional',
      handle: 'ada.handle@fictional.example',
      title: null,
      icon: 'https://secure.gravatar.com/avatar/00000000000000000000000000000000?s=48&d=retro',
      status: 'Active',
      disabled: false,
      verified: true,
      mfaEnabled: null,
      serviceAccount: false,
      allowedLoginMethods: [],
      createdAt: '2026-07-03T13:37:04.755861+00:00',
      modifiedAt: '2026-07-03T13:37:41.162593+00:00',
      lastLoginTime: null,
      organization: {
        id: fixtures.ORG_ID,
        publicId: 'fictionalslug1234',
        name: 'Fictional Org',
        description: null,
        disabled: false,
        sharing: 'all_private',
        url: null,
        createdAt: '2018-05-09T08:15:42.120034+00:00',
        modifiedAt: null,
      },
      otherOrganizations: null,
      otherUsers: null,
      roles: [],
      teamRoles: [],
      permissions: [],
      grants: [],
      permissionChecks: [
        { name: 'permission_7', granted: false, grantedBy: [] },
        { name: 'other', granted: false, grantedBy: [] },
      ],
    });
  });

  test('an administrator: one role with 412 permissions', async () => {
    const user = await served(fixtures.administrator());
    assert.equal(user.roles?.length, 1);
    assert.equal(user.roles?.[0]?.permissions?.length, 412);
    assert.equal(user.permissions?.length, 412);
    assert.equal(user.grants?.length, 412);
    assert.deepEqual(user.roles?.[0]?.permissions?.[4], {
      id: fixtures.uuid(4, 5),
      name: 'permission_5',
      displayName: 'Permission 5',
      displayType: 'write',
      description: 'Fictional permission number 5.',
      groupName: 'Odd',
      nameAliases: null,
      restricted: true,
      createdAt: '2018-10-19T15:35:23.734317+00:00',
    });
  });

  test('four roles that grant 297 permissions 830 times', async () => {
    const user = await served(fixtures.manyRoles());
    assert.deepEqual(
      user.roles?.map(({ permissions }) => permissions?.length),
      [297, 250, 183, 100],
    );
    assert.equal(user.permissions?.length, 297);
    assert.equal(
      user.grants?.reduce((edges, { roles }) => edges + roles.length, 0),
      830,
    );
    assert.deepEqual(
      user.grants?.[200]?.roles.map(({ id }) => id),
      [1, 2, 3, 4].map((index) => fixtures.uuid(3, index)),
    );
  });

  test('a pending user: no name, and nothing included', async () => {
    const user = await served(fixtures.pendingUser());
    assert.equal(user.name, null);
    assert.equal(user.displayName, 'ada@fictional.example');
    assert.equal(user.status, 'Pending');
    assert.equal(user.mfaEnabled, false);
    assert.deepEqual(user.roles, []);
    // The organization is referred to but not included, so only its ID is known.
    assert.equal(user.organization?.id, fixtures.ORG_ID);
    assert.equal(user.organization?.name, null);
  });

  test('a service account, whose handle is a UUID and whose title is empty', async () => {
    const user = await served(fixtures.serviceAccount());
    assert.equal(user.serviceAccount, true);
    assert.equal(user.username, fixtures.USER_ID);
    assert.equal(user.displayName, 'Fictional Robot');
    assert.equal(user.title, null);
  });

  test('the example of the documentation, whose texts are no e-mail address, URL or UUID', async () => {
    const response = await askEverything(fixtures.documentationExample);
    const user = response.data?.viewer.datadog;
    assert.equal(user?.id, 'string');
    assert.equal(user?.displayName, 'string');
    assert.equal(user?.createdAt, '2019-09-19T10:00:00.000Z');
    assert.equal(user?.organization?.id, '00000000-0000-beef-0000-000000000000');
    assert.deepEqual(user?.otherUsers, [
      {
        id: '00000000-0000-0000-2345-000000000000',
        displayName: '00000000-0000-0000-2345-000000000000',
      },
    ]);
    assert.equal(user?.permissions, null);
    assert.equal(user?.grants, null);
    assert.equal(user?.roles?.[0]?.permissions, null);
    assert.deepEqual(codesOf(response), {
      'viewer.datadog.email': 'UPSTREAM_INVALID_VALUE',
      'viewer.datadog.icon': 'UPSTREAM_INVALID_VALUE',
      'viewer.datadog.uuid': 'UPSTREAM_INVALID_VALUE',
    });
  });

  test('displayName falls back to the e-mail address, the handle and the id', async () => {
    const cases = [
      [{ name: '' }, 'ada@fictional.example'],
      [{ name: '   ', email: null }, 'ada.handle@fictional.example'],
      [{ name: 42, email: 'no address' }, 'ada.handle@fictional.example'],
      [{ name: null, email: null, handle: null }, fixtures.USER_ID],
    ] as const;
    for (const [attributes, displayName] of cases) {
      const { data } = await askEverything(fixtures.userDocument({ attributes }));
      assert.equal(data?.viewer.datadog?.displayName, displayName);
    }
  });
});
