import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  org,
  permission,
  type Resource,
  ref,
  role,
  userDocument,
  uuid,
} from './fixtures/datadog.ts';
import { codesOf, createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, type Script, startUpstream } from './support/upstream.ts';

const REST = { DD_EXPAND: 'rest', UPSTREAM_RETRIES: '0', BREAKER_FAILURES: '1000' };

const permissions = [1, 2, 3].map((index) => permission(index));

/** A Datadog whose current user refers to more than it includes. REST serves the `bodies`, and 404 for other paths. */
function datadogWith(current: unknown, bodies: Record<string, unknown> = {}): Script {
  return (response, seen, call) => {
    const path = decodeURIComponent(seen.path.replace('/api/v2/', ''));
    const body = path === 'current_user' ? current : bodies[path];
    const script =
      typeof body === 'function'
        ? (body as Script)
        : body === undefined
          ? json({ errors: ['not found'] }, 404)
          : json(body);
    script(response, seen, call);
  };
}

async function ask(script: Script, fields: string, environment: Record<string, string> = REST) {
  await using datadog = await startUpstream(script);
  const response = await createRolecallFor({ datadog }, environment).query(
    `{ viewer { datadog { ${fields} } } }`,
  );
  const paths = datadog.seen.map(({ path }) => path.replace('/api/v2/', ''));
  return { response, paths };
}

function dangling(
  roles: readonly string[],
  included: unknown[] = [],
  others: readonly string[] = [],
) {
  return userDocument({
    relationships: {
      roles: { data: roles.map((id) => ref('roles', id)) },
      other_users: { data: others.map((id) => ref('users', id)) },
    },
    included: [...included, org()],
  });
}

const otherUser = (id: string, name: string) => {
  const document = userDocument({
    attributes: { name },
    relationships: { roles: { data: [ref('roles', uuid(3, 9))] } },
    included: [role(9, [uuid(4, 1)]), permission(1)],
  });
  return { ...document, data: { ...document.data, id } };
};

describe('DD_EXPAND=included, the default', () => {
  test('asks for nothing but the current user', async () => {
    const { response, paths } = await ask(
      datadogWith(dangling(['gone'], [], ['other'])),
      'roles { name } otherUsers { name }',
      {},
    );
    assert.deepEqual(dataOf(response).viewer.datadog, {
      roles: [{ name: null }],
      otherUsers: [{ name: null }],
    });
    assert.deepEqual(paths, ['current_user']);
  });
});

describe('DD_EXPAND=rest', () => {
  test('asks for nothing that included holds, and for nothing where only ids are asked for', async () => {
    const document = dangling([uuid(3, 1)], [role(1, [uuid(4, 1)]), permission(1)]);
    const held = await ask(
      datadogWith(document),
      'roles { name permissions { name } } permissions { name } organization { name }',
    );
    assert.deepEqual(held.paths, ['current_user']);
    const ids = await ask(
      datadogWith(dangling(['a', 'b'], [], ['c'])),
      'roles { id __typename } otherUsers { id } organization { id }',
    );
    assert.deepEqual(ids.paths, ['current_user']);
    const missingAttribute = dangling([uuid(3, 1)], [role(1, [], { name: null })]);
    assert.deepEqual((await ask(datadogWith(missingAttribute), 'roles { name userCount }')).paths, [
      'current_user',
    ]);
  });

  test('roles by id, each once, however many fields want them', async () => {
    const { response, paths } = await ask(
      datadogWith(dangling([uuid(3, 1), uuid(3, 2)], permissions), {
        [`roles/${uuid(3, 1)}`]: { data: role(1, [uuid(4, 1)]) },
        [`roles/${uuid(3, 2)}`]: { data: role(2, [uuid(4, 2)]) },
      }),
      'roles { name permissions { name } } again: roles { name } permissions { name } hasPermission(name: "permission_2")',
    );
    const { roles, permissions: granted, hasPermission } = dataOf(response).viewer.datadog;
    assert.deepEqual(roles, [
      { name: 'Role 1', permissions: [{ name: 'permission_1' }] },
      { name: 'Role 2', permissions: [{ name: 'permission_2' }] },
    ]);
    assert.deepEqual(granted, [{ name: 'permission_1' }, { name: 'permission_2' }]);
    assert.equal(hasPermission, true);
    assert.deepEqual(paths.sort(), ['current_user', `roles/${uuid(3, 1)}`, `roles/${uuid(3, 2)}`]);
  });

  test('permissions in one call, however many are missing', async () => {
    const roles = [role(1, [uuid(4, 1), uuid(4, 2)]), role(2, [uuid(4, 3), 'nowhere'])];
    const { response, paths } = await ask(
      datadogWith(dangling([uuid(3, 1), uuid(3, 2)], roles), {
        permissions: { data: permissions },
      }),
      'roles { permissions { id name } } permissions { name }',
    );
    assert.deepEqual(dataOf(response).viewer.datadog.roles[1].permissions, [
      { id: uuid(4, 3), name: 'permission_3' },
      { id: 'nowhere', name: null },
    ]);
    assert.deepEqual(paths, ['current_user', 'permissions']);
  });

  test('users by id, with roles and permissions of their own', async () => {
    const { response, paths } = await ask(
      datadogWith(dangling([], [], ['other/1']), {
        'users/other/1': otherUser('other/1', 'Olga Fictional'),
      }),
      'otherUsers { id name roles { name permissions { name } } hasPermission(name: "permission_1") organization { name } }',
    );
    assert.deepEqual(dataOf(response).viewer.datadog.otherUsers, [
      {
        id: 'other/1',
        name: 'Olga Fictional',
        roles: [{ name: 'Role 9', permissions: [{ name: 'permission_1' }] }],
        hasPermission: true,
        organization: { name: 'Fictional Org' },
      },
    ]);
    assert.deepEqual(paths, ['current_user', 'users/other%2F1']);
  });

  test('404: the thing is gone, its fields are null without an error', async () => {
    const { response } = await ask(
      datadogWith(dangling(['gone'], [], ['left'])),
      'roles { id name permissions { id } } otherUsers { id displayName name }',
    );
    assert.deepEqual(dataOf(response).viewer.datadog, {
      roles: [{ id: 'gone', name: null, permissions: null }],
      otherUsers: [{ id: 'left', displayName: 'left', name: null }],
    });
  });

  test('a failed call is reported once, at the first path that asked; the placeholder keeps its id', async () => {
    const { response, paths } = await ask(
      datadogWith(dangling(['no', uuid(3, 1)], [role(1, [])]), {
        'roles/no': json({ errors: ['Forbidden'] }, 403),
      }),
      'a: roles { id name managed permissions { name } } b: roles { id name }',
    );
    assert.deepEqual(response.data.viewer.datadog.a, [
      { id: 'no', name: null, managed: null, permissions: null },
      { id: uuid(3, 1), name: 'Role 1', managed: true, permissions: [] },
    ]);
    assert.deepEqual(codesOf(response), { 'viewer.datadog.a.0.name': 'UPSTREAM_FORBIDDEN' });
    assert.equal(paths.length, 2);
  });

  test('what a failed call leaves out of a list is reported at the list', async () => {
    const { response } = await ask(
      datadogWith(dangling(['no', uuid(3, 1)], [role(1, [uuid(4, 1)]), permission(1)]), {
        'roles/no': json({}, 403),
      }),
      'permissions { name } grants { permission { name } } hasPermission(name: "other")',
    );
    assert.deepEqual(response.data.viewer.datadog, {
      permissions: [{ name: 'permission_1' }],
      grants: [{ permission: { name: 'permission_1' } }],
      hasPermission: null,
    });
    assert.equal(response.errors?.length, 1);
    assert.equal(response.errors?.[0]?.extensions?.['code'], 'UPSTREAM_FORBIDDEN');
    assert.deepEqual(response.errors?.[0]?.path, ['viewer', 'datadog', 'permissions']);
  });

  test('past DD_EXPANSION_LIMIT resources stay placeholders, with one error', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `role-${index}`);
    const bodies = Object.fromEntries(
      ids.map((id) => [`roles/${id}`, { data: { ...role(1, []), id } }]),
    );
    const { response, paths } = await ask(
      datadogWith(dangling(ids), bodies),
      'roles { id name } again: roles { managed }',
    );
    const { roles } = response.data.viewer.datadog;
    assert.equal(roles.length, 1_000);
    assert.equal(roles.filter(({ name }: { name: string }) => name === 'Role 1').length, 100);
    assert.deepEqual(roles.at(-1), { id: 'role-999', name: null });
    assert.equal(paths.length, 101);
    assert.deepEqual(codesOf(response), { 'viewer.datadog.roles.100.name': 'EXPANSION_LIMIT' });
  });

  test('at most four calls of a request are under way', async () => {
    const waiting: (() => void)[] = [];
    const held: Script = (...call) => {
      const id = call[1].path.split('/').at(-1);
      waiting.push(() => json({ data: { ...role(1, []), id } })(...call));
    };
    const ids = Array.from({ length: 20 }, (_, index) => `role-${index}`);
    const served = ask(
      datadogWith(dangling(ids), Object.fromEntries(ids.map((id) => [`roles/${id}`, held]))),
      'roles { name }',
    );
    for (let left = ids.length; left > 0; left -= 1) {
      while (waiting.length < Math.min(left, 4)) await nextTurn();
      // A further call would have arrived by now.
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      assert.equal(waiting.length, Math.min(left, 4));
      waiting.shift()?.();
    }
    dataOf((await served).response);
  });

  test('keeps nothing across requests', async () => {
    let name = 'First';
    await using datadog = await startUpstream(
      datadogWith(dangling(['r']), {
        'roles/r': ((...call) =>
          json({ data: { ...role(1, [], { name }), id: 'r' } })(...call)) satisfies Script,
      }),
    );
    const rolecall = createRolecallFor({ datadog }, REST);
    const query = '{ viewer { datadog { roles { name } } } }';
    assert.equal(dataOf(await rolecall.query(query)).viewer.datadog.roles[0].name, 'First');
    name = 'Second';
    assert.equal(dataOf(await rolecall.query(query)).viewer.datadog.roles[0].name, 'Second');
  });

  test('an id cannot lead to another path', async () => {
    const { response, paths } = await ask(
      datadogWith(dangling(['..', '.', '../users', 'a?b#c', 'x'.repeat(300)])),
      'roles { name }',
    );
    dataOf(response);
    assert.deepEqual(paths.sort(), ['current_user', 'roles/..%2Fusers', 'roles/a%3Fb%23c']);
  });
});

test('the sandbox serves these endpoints too', async () => {
  const { readConfig } = await import('./support/config.ts');
  const { startSandbox } = await import('../src/process/sandbox-server.ts');
  const { createTestServer, rolecallOf } = await import('./support/rolecall.ts');
  const { config } = await startSandbox(readConfig({ DD_EXPAND: 'rest' }));
  const query =
    '{ viewer { datadog { otherUsers { name roles { name permissions { name } } } } } }';
  const response = await rolecallOf(createTestServer(config)).fetch(
    'http://rolecall.example/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    },
  );
  const { data, errors } = (await response.json()) as any;
  assert.equal(errors, undefined);
  assert.deepEqual(
    data.viewer.datadog.otherUsers.map(({ name }: Resource['attributes']) => name),
    ['Rowan Sandbox', 'Riley Sandbox'],
  );
  assert.ok(data.viewer.datadog.otherUsers[0].roles[1].permissions.length > 20);
});
