import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, type TestContext, test } from 'node:test';
import { readConfig } from '../src/config/index.ts';
import { Document } from '../src/lib/json-api.ts';
import { datadog as datadogProvider } from '../src/providers/datadog/index.ts';
import { Loaders } from '../src/providers/datadog/loaders.ts';
import type { PermissionIds } from '../src/providers/datadog/model.ts';
import { Resources } from '../src/providers/datadog/resources.ts';
import * as fixtures from './fixtures/datadog.ts';
import * as heygenFixtures from './fixtures/heygen.ts';
import {
  createRolecall,
  createRolecallFor,
  createTestServer,
  DATADOG_KEYS,
  dataOf,
  rolecallOf,
} from './support/rolecall.ts';
import { json, type Script, startUpstream } from './support/upstream.ts';

interface Batch {
  readonly resource: string;
  readonly keys: unknown[];
}

/** The reads of these resources, by batch. Each batch of a loader starts by loading the current user. */
function watchReads(loaders: Loaders, resources: Resources, { mock }: TestContext) {
  const batches: Batch[] = [];
  const underWay = new AsyncLocalStorage<Map<string, Batch>>();
  const { currentUser } = loaders;
  mock.method(loaders, 'currentUser', () => {
    underWay.enterWith(new Map());
    return currentUser();
  });
  function note(resource: string, key: unknown): void {
    const own = underWay.getStore() ?? assert.fail('no batch reads this');
    let batch = own.get(resource);
    if (batch === undefined) {
      batch = { resource, keys: [] };
      own.set(resource, batch);
      batches.push(batch);
    }
    batch.keys.push(key);
  }
  const { organization, role, permissions } = resources;
  mock.method(resources, 'organization', (id: string) => {
    note('organizations', id);
    return organization(id);
  });
  mock.method(resources, 'role', (id: string) => {
    note('roles', id);
    return role(id);
  });
  mock.method(resources, 'permissions', (ids: PermissionIds) => {
    note('permissions', ids);
    return permissions.call(resources, ids);
  });
  return batches;
}

/** Queries these fields of `datadog`, and returns the reads of its resources, by batch. */
async function readsOf(context: TestContext, fields: string) {
  const resources = new Resources(Document.ofOne(fixtures.manyRoles(), 'users'));
  let fetches = 0;
  const fetch = async () => {
    fetches += 1;
    return resources;
  };
  const loaders = new Loaders(fetch);
  const reads = watchReads(loaders, resources, context);
  const provider = { ...datadogProvider, open: () => ({ connect: () => loaders }) };
  const server = createTestServer(readConfig(DATADOG_KEYS, [provider]));
  const response = await rolecallOf(server).fetch('http://rolecall.example/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ viewer { datadog { ${fields} } } }` }),
  });
  const { errors } = await response.json();
  assert.equal(errors, undefined);
  assert.equal(fetches, 1);
  return reads;
}

const roleIds = [1, 2, 3, 4].map((index) => fixtures.uuid(3, index));

describe('resources are not looked up until more than their id is asked for', () => {
  for (const fields of [
    'roles { id }',
    'roles { __typename id }',
    'roles { ...on Role { id } name @skip(if: true) }',
    'organization { id } otherOrganizations { id } otherUsers { id } teamRoles { id }',
  ]) {
    test(fields, async (context) => assert.deepEqual(await readsOf(context, fields), []));
  }

  test('permissions { id } reads the roles that refer to them, and no permission', async (context) => {
    for (const fields of [
      'roles { permissions { id } }',
      'permissions { id }',
      'grants { permission { id } roles { name } }',
    ]) {
      assert.deepEqual(await readsOf(context, fields), [{ resource: 'roles', keys: roleIds }]);
    }
  });

  test('a fragment counts as its fields', async (context) => {
    const reads = await readsOf(context, 'roles { ...on Role { ...on Role { name } } }');
    assert.deepEqual(reads, [{ resource: 'roles', keys: roleIds }]);
  });
});

describe('relationships are expanded in batches', () => {
  test('all roles in one, and the permissions of each role as one load in one more', async (context) => {
    const reads = await readsOf(context, 'roles { name permissions { name } }');
    const sizes = (keys: readonly unknown[]) => keys.map((ids) => (ids as string[]).length);
    assert.deepEqual(reads[0], { resource: 'roles', keys: roleIds });
    assert.deepEqual(sizes(reads[1]?.keys ?? []), [297, 250, 183, 100]);
    assert.equal(reads.length, 2);
  });

  test('a role is read once, however many fields, aliases and fragments ask for it', async (context) => {
    const reads = await readsOf(
      context,
      `
      a: roles { name }
      b: roles { name managed permissions { name } }
      c: roles { permissions(restricted: true) { name } }
      d: hasPermission(name: "permission_1")
      e: permissionChecks(names: ["permission_1", "other"]) { granted grantedBy { name } }
      organization { name } o: organization { publicId }
    `,
    );
    assert.deepEqual(
      reads.filter(({ resource }) => resource === 'roles'),
      [{ resource: 'roles', keys: roleIds }],
    );
    // One load for each of the four roles, and one for all permissions that they grant.
    const permissions = reads.filter(({ resource }) => resource === 'permissions');
    assert.equal(permissions.flatMap(({ keys }) => keys).length, 5);
    assert.equal(reads.filter(({ resource }) => resource === 'organizations').length, 1);
  });
});

describe('vendors are asked as little as possible', () => {
  test('each at most once, for however many fields, aliases and fragments', async () => {
    await using datadog = await startUpstream(json(fixtures.manyRoles()));
    await using heygen = await startUpstream(json(heygenFixtures.v1()));
    const response = await createRolecallFor({ datadog, heygen }).query(`
      { a: viewer { ...V datadog { id } } b: viewer { ...V users { email } heygen { lastName } } }
      fragment V on Viewer {
        users { id displayName }
        datadog { roles { name permissions { name } } x: permissions { name } }
        h: heygen { firstName }
      }
    `);
    dataOf(response);
    assert.equal(datadog.seen.length, 1);
    assert.equal(heygen.seen.length, 1);
  });

  test('none that the operation does not need', async () => {
    await using datadog = await startUpstream(json(fixtures.userDocument()));
    await using heygen = await startUpstream(json(heygenFixtures.v1()));
    const rolecall = createRolecallFor({ datadog, heygen });
    const { viewer } = dataOf(await rolecall.query('{ viewer { __typename providers } }'));
    assert.deepEqual(viewer.providers, ['DATADOG', 'HEYGEN']);
    dataOf(await rolecall.query('{ viewer { datadog @include(if: false) { id } providers } }'));
    assert.deepEqual([datadog.seen.length, heygen.seen.length], [0, 0]);
    dataOf(await rolecall.query('{ viewer { heygen { id } } }'));
    assert.deepEqual([datadog.seen.length, heygen.seen.length], [0, 1]);
  });

  test('both at the same time', async () => {
    // Each vendor responds only once the other has been called too.
    const bothCalled = Promise.withResolvers<void>();
    let calls = 0;
    const together =
      (response: Script): Script =>
      async (...call) => {
        calls += 1;
        if (calls === 2) bothCalled.resolve();
        await bothCalled.promise;
        response(...call);
      };
    await using datadog = await startUpstream(together(json(fixtures.userDocument())));
    await using heygen = await startUpstream(together(json(heygenFixtures.v1())));
    const rolecall = createRolecallFor({ datadog, heygen });
    const { viewer } = dataOf(await rolecall.query('{ viewer { users { displayName } } }'));
    assert.deepEqual(viewer.users, [
      { displayName: 'Ada Fictional' },
      { displayName: 'Ada Fictional' },
    ]);
  });
});

test('each of many interleaved requests gets its own user', async () => {
  const keys = Array.from({ length: 60 }, (_, index) => `key-${(index * 7) % 60}`);
  // The user's name is the key. Datadog responds once all calls have arrived, in another order.
  const waiting: { key: string; respond: () => void }[] = [];
  await using datadog = await startUpstream((...call) => {
    const key = String(call[1].headers['dd-api-key']);
    const document = fixtures.userDocument({ attributes: { name: key, handle: key } });
    waiting.push({ key, respond: () => json(document)(...call) });
    if (waiting.length < keys.length) return;
    waiting.sort((a, b) => a.key.localeCompare(b.key));
    for (const { respond } of waiting) respond();
  });
  const rolecall = createRolecall({ CREDENTIALS: 'request', DATADOG_API_URL: datadog.url });
  const names = await Promise.all(
    keys.map(async (key) => {
      const response = await rolecall.query(
        '{ viewer { datadog { name } users { displayName } } }',
        {
          headers: { 'DD-API-KEY': key, 'DD-APPLICATION-KEY': key },
        },
      );
      const { viewer } = dataOf(response);
      return [viewer.datadog.name, viewer.users[0].displayName];
    }),
  );
  assert.deepEqual(
    names,
    keys.map((key) => [key, key]),
  );
  assert.equal(datadog.seen.length, keys.length);
});

test('a caller who disconnects cancels the call to the vendor', async () => {
  const dropped = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  await using datadog = await startUpstream((response) => {
    called.resolve();
    response.once('close', dropped.resolve);
  });
  const caller = new AbortController();
  const response = createRolecallFor({ datadog }).query('{ viewer { datadog { id } } }', {
    signal: caller.signal,
  });
  await called.promise;
  caller.abort();
  await assert.rejects(response);
  await dropped.promise;
  assert.equal(datadog.seen.length, 1);
});
