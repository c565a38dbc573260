import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRolecallClient } from '../src/index.ts';
import { watched } from './support/requests.ts';
import { datadogAt, heygenAt, startRolecall, startVendor } from './support/rolecall.ts';

const forbidden = () => ({ status: 403, body: { errors: ['Forbidden'] } });
const heygenUser = () => ({
  body: { code: 100, data: { username: 'u', email: 'u@heygen.example', first_name: 'Uma' } },
});

describe('with the sandbox', () => {
  let rolecall: Awaited<ReturnType<typeof startRolecall>>;
  before(async () => {
    rolecall = await startRolecall({ SANDBOX: '1' });
  });
  after(() => rolecall[Symbol.asyncDispose]());

  test('viewer() has who the person is at each provider', async () => {
    const me = await createRolecallClient({ url: rolecall.url }).viewer();
    assert.deepEqual(me.providers, ['DATADOG', 'HEYGEN']);
    assert.deepEqual(me.errors, []);
    const { id, displayName, email, title, organization, roles, asOf } = me.datadog ?? {};
    assert.ok(id && asOf);
    assert.deepEqual(
      { displayName, email, title, organization: organization?.name },
      {
        displayName: 'Robin Sandbox',
        email: 'robin@sandbox.example',
        title: 'Site Reliability Engineer',
        organization: 'Sandbox Observatory',
      },
    );
    assert.ok(roles?.some(({ name }) => name === 'Site Reliability'));
    assert.equal(me.heygen?.displayName, 'Robin Sandbox');
  });

  test('can() and check() have what is granted, by which roles, and when', async () => {
    const client = createRolecallClient({ url: rolecall.url });
    const before = Date.now();
    const check = await client.can('dashboards_write');
    assert.equal(check.name, 'dashboards_write');
    assert.equal(check.granted, true);
    assert.deepEqual(
      check.grantedBy.map(({ name }) => name),
      ['Site Reliability'],
    );
    assert.ok(Date.parse(check.asOf ?? '') >= before);
    const checks = await client.check(['org_management', 'billing_read', 'org_management']);
    assert.deepEqual(
      checks.map(({ name, granted, grantedBy }) => [name, granted, grantedBy.length]),
      [
        ['org_management', false, 0],
        ['billing_read', true, 2],
        ['org_management', false, 0],
      ],
    );
  });

  test('all checks of one tick travel as one request, each name once', async () => {
    const { fetch, seen } = watched();
    const client = createRolecallClient({ url: rolecall.url, fetch });
    const names = Array.from({ length: 50 }, (_, index) => `name_${index}`);
    const checks = await Promise.all([
      ...names.map((name) => client.can(name)),
      client.can('name_7'),
      client.check(['name_7', 'billing_read']),
    ]);
    assert.deepEqual(
      seen.map((request) => request.names),
      [[...names, 'billing_read']],
    );
    assert.deepEqual(
      checks.flat().map(({ name }) => name),
      [...names, 'name_7', 'name_7', 'billing_read'],
    );
    await client.can('name_7');
    assert.equal(seen.length, 2, 'nothing is remembered');
  });

  test('no names need no request', async () => {
    const { fetch, seen } = watched();
    const client = createRolecallClient({ url: rolecall.url, fetch });
    assert.deepEqual(await client.check([]), []);
    assert.equal(seen.length, 0);
  });

  test('headers are sent; a function is called for each request', async () => {
    const { fetch, seen } = watched();
    let token = 0;
    const client = createRolecallClient({
      url: new URL(rolecall.url),
      fetch,
      headers: async () => ({ authorization: `Bearer token-${++token}` }),
    });
    await client.can('a');
    await Promise.all([client.can('a'), client.can('b')]);
    const fixed = createRolecallClient({
      url: rolecall.url,
      fetch,
      headers: [['x-request-id', 'r1']],
    });
    await fixed.viewer();
    assert.deepEqual(
      seen.map(({ headers }) => headers.get('authorization') ?? headers.get('x-request-id')),
      ['Bearer token-1', 'Bearer token-2', 'r1'],
    );
  });
});

describe('with vendors that fail or are not connected', () => {
  test('what another provider said is kept, and the failure stands beside it', async () => {
    await using datadog = await startVendor(forbidden);
    await using heygen = await startVendor(heygenUser);
    await using rolecall = await startRolecall({
      ...datadogAt(datadog.url),
      ...heygenAt(heygen.url),
    });
    const client = createRolecallClient({ url: rolecall.url });
    const me = await client.viewer();
    assert.equal(me.datadog, null);
    assert.equal(me.heygen?.email, 'u@heygen.example');
    const [error, ...others] = me.errors;
    assert.deepEqual(others, []);
    assert.match(error?.message ?? '', /^Datadog denied access/);
    assert.deepEqual(JSON.parse(JSON.stringify(error)), {
      message: error?.message,
      code: 'UPSTREAM_FORBIDDEN',
      provider: 'DATADOG',
      retryAfter: null,
    });
    await assert.rejects(client.can('a'), {
      name: 'RolecallError',
      code: 'UPSTREAM_FORBIDDEN',
      provider: 'DATADOG',
      message: error?.message,
    });
  });

  test('a failure of HeyGen is none of a check', async () => {
    await using datadog = await startVendor(() => ({
      body: {
        data: { type: 'users', id: 'u', attributes: {}, relationships: { roles: { data: [] } } },
      },
    }));
    await using heygen = await startVendor(forbidden);
    await using rolecall = await startRolecall({
      ...datadogAt(datadog.url),
      ...heygenAt(heygen.url),
    });
    const client = createRolecallClient({ url: rolecall.url });
    assert.equal((await client.can('a')).granted, false);
    const { heygen: user, errors } = await client.viewer();
    assert.deepEqual([user, errors.map(({ provider }) => provider)], [null, ['HEYGEN']]);
  });

  test('where Datadog is not connected, nothing is known, and nothing failed', async () => {
    await using heygen = await startVendor(heygenUser);
    await using rolecall = await startRolecall(heygenAt(heygen.url));
    const client = createRolecallClient({ url: rolecall.url });
    assert.deepEqual(await client.can('a'), {
      name: 'a',
      granted: null,
      grantedBy: [],
      asOf: null,
    });
    const { datadog, errors, providers } = await client.viewer();
    assert.deepEqual(
      { datadog, errors, providers },
      { datadog: null, errors: [], providers: ['HEYGEN'] },
    );
  });
});
