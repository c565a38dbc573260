import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ApolloClient, gql } from '@apollo/client';
import type { Client } from '@urql/core';
import { datadogAt, startRolecall, startVendor } from './support/rolecall.ts';
import { snippetWith } from './support/snippets.ts';

const FOLDER = join(import.meta.dirname, 'generated');

const USERS = gql`query { viewer { users { id ...Name } } } fragment Name on User { displayName }`;
const MORE = gql`query { viewer { heygen { id } datadog { id email } } }`;
const checks = (...names: readonly string[]) => gql`query {
  viewer { datadog { id permissionChecks(names: ${JSON.stringify(names)}) { name granted grantedBy { id name } } } }
}`;
const GRANTS = gql`query { viewer { datadog { id grants { permission { id name } roles { id name } } } } }`;

/** The first person, then the next: another name, another name for the role, and no permission. */
function person(display: string, permissions: readonly string[]) {
  const refs = permissions.map((id) => ({ type: 'permissions', id }));
  return {
    data: {
      type: 'users',
      id: `id-of-${display}`,
      attributes: { name: display, email: `${display}@example.com` },
      relationships: { roles: { data: [{ type: 'roles', id: 'r' }] } },
    },
    included: [
      {
        type: 'roles',
        id: 'r',
        attributes: { name: `Role as ${display} sees it` },
        relationships: { permissions: { data: refs } },
      },
      ...permissions.map((id) => ({ type: 'permissions', id, attributes: { name: id } })),
    ],
  };
}

describe('the README’s setup of other caches', () => {
  let current: unknown;
  let vendor: Awaited<ReturnType<typeof startVendor>>;
  let rolecall: Awaited<ReturnType<typeof startRolecall>>;
  before(async () => {
    mkdirSync(FOLDER, { recursive: true });
    vendor = await startVendor(() => ({ body: current }));
    rolecall = await startRolecall(datadogAt(vendor.url));
  });
  after(async () => {
    await rolecall[Symbol.asyncDispose]();
    await vendor[Symbol.asyncDispose]();
    rmSync(FOLDER, { recursive: true });
  });

  async function create<T>(name: string): Promise<T> {
    const file = join(FOLDER, `${name}.ts`);
    writeFileSync(file, snippetWith(`export const ${name}`));
    return (await import(file))[name](rolecall.url);
  }

  /** What must hold in a cache: `read` has the data of a query, and `cached` without a request, or null. */
  async function assertKept(
    read: (query: typeof USERS) => Promise<any>,
    cached: (query: typeof USERS) => Promise<any>,
  ) {
    current = person('ada', ['a', 'b']);
    assert.equal((await read(USERS)).viewer.users[0].displayName, 'ada');
    await read(checks('a'));
    await read(checks('b', 'c'));
    await read(MORE);
    await read(GRANTS);
    const role = { id: 'r', name: 'Role as ada sees it' };
    const of = async (...names: readonly string[]) =>
      plain((await cached(checks(...names))).viewer.datadog.permissionChecks);
    // Each is kept beside the others.
    assert.deepEqual(await of('a'), [{ name: 'a', granted: true, grantedBy: [role] }]);
    assert.deepEqual(await of('b', 'c'), [
      { name: 'b', granted: true, grantedBy: [role] },
      { name: 'c', granted: false, grantedBy: [] },
    ]);
    assert.equal((await cached(USERS)).viewer.users[0].displayName, 'ada');
    assert.deepEqual(plain((await cached(GRANTS)).viewer.datadog.grants), [
      { permission: { id: 'a', name: 'a' }, roles: [role] },
      { permission: { id: 'b', name: 'b' }, roles: [role] },
    ]);
  }

  test('Apollo Client', async (context) => {
    const warnings = [context.mock.method(console, 'warn'), context.mock.method(console, 'error')];
    const client = await create<ApolloClient>('createApolloClient');
    const read = async (query: typeof USERS) => (await client.query({ query })).data as any;
    await assertKept(read, async (query) => client.readQuery({ query }));
    await client.clearStore();
    assert.equal(client.readQuery({ query: USERS }), null);
    current = person('bob', []);
    assert.deepEqual(plain((await read(checks('a'))).viewer.datadog.permissionChecks), [
      { name: 'a', granted: false, grantedBy: [] },
    ]);
    assert.deepEqual(
      warnings.flatMap(({ mock }) => mock.calls),
      [],
    );
    client.stop();
  });

  test('urql', async (context) => {
    const warnings = [context.mock.method(console, 'warn'), context.mock.method(console, 'error')];
    const ask = (
      client: Client,
      query: typeof USERS,
      requestPolicy: 'cache-first' | 'cache-only',
    ) => client.query(query, {}, { requestPolicy }).toPromise();
    const client = await create<Client>('createUrqlClient');
    await assertKept(
      async (query) => (await ask(client, query, 'cache-first')).data,
      async (query) => (await ask(client, query, 'cache-only')).data,
    );
    const another = await create<Client>('createUrqlClient');
    assert.equal((await ask(another, USERS, 'cache-only')).data, null);
    assert.deepEqual(
      warnings.flatMap(({ mock }) => mock.calls),
      [],
    );
  });
});

/** Without `__typename`. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each) => (key === '__typename' ? undefined : each)),
  );
}
