import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { org, permission, ref, role, uuid } from './fixtures/datadog.ts';
import { type Issuer, startIssuer } from './support/issuer.ts';
import { createRolecallWithFiles } from './support/key-files.ts';
import { type Member, member, members, startOrganization } from './support/organization.ts';
import { codesOf, DATADOG_KEYS, dataOf } from './support/rolecall.ts';
import { json } from './support/upstream.ts';
import { createRolecallAt, QUERY } from './support/viewer.ts';

const OWNER = member(1, 'owner@fictional.example');
const email = 'a@fictional.example';

let issuer: Issuer;
before(async () => {
  issuer = await startIssuer();
});
after(() => issuer[Symbol.asyncDispose]());

/** A user as Datadog sends it. */
function sent(id: string, attributes: object = { email }) {
  const person = { name: `User ${id}`, status: 'Active', disabled: false, service_account: false };
  return { type: 'users', id, attributes: { ...person, ...attributes } };
}

describe('with VIEWER=caller, the viewer is never', () => {
  test('somebody whose handle alone is still the address, once it is somebody else’s', async () => {
    const former = (address: string) => member(2, address, { handle: email });
    await using organization = await startOrganization(OWNER, former(email));
    const rolecall = createRolecallAt(organization, issuer);
    assert.equal(await rolecall.nameOf(email), 'Member 2');
    organization.state.members = [OWNER, former('b@fictional.example'), member(3, email)];
    assert.equal(await rolecall.codeOf(email), 'VIEWER_AMBIGUOUS');
  });

  test('remembered by a handle alone', async () => {
    const handled = member(2, 'b@fictional.example', { handle: email });
    await using organization = await startOrganization(OWNER, handled);
    const rolecall = createRolecallAt(organization, issuer);
    for (let i = 0; i < 2; i += 1) {
      assert.equal(await rolecall.nameOf(email), 'Member 2');
      assert.deepEqual(organization.takePaths(), ['users?', `users/${uuid(1, 2)}`]);
    }
    organization.state.members = [OWNER, handled, member(3, email)];
    assert.equal(await rolecall.codeOf(email), 'VIEWER_AMBIGUOUS');
  });

  test('somebody whose document only includes the person', async () => {
    await using organization = await startOrganization(OWNER);
    const page = { data: [sent('own')], meta: { page: { total_filtered_count: 1 } } };
    const document = { data: sent('other', { email: 'b@fictional.example' }), included: page.data };
    organization.state.script = (response, seen, call) =>
      json(seen.path.includes('?') ? page : document)(response, seen, call);
    assert.equal(await createRolecallAt(organization, issuer).codeOf(email), 'VIEWER_NOT_FOUND');
  });

  for (const [what, total] of [
    ['one', 1],
    ['none', 0],
    ['fewer than none', -1],
    ['as many as on the page', 100],
  ] as const) {
    test(`the first of two, where the search tells of ${what}`, async () => {
      const others = Array.from({ length: 99 }, (_, i) => sent(`other-${i}`, { email: `x${i}` }));
      const pages = [[sent('first'), ...others], [sent('second')]];
      await using organization = await startOrganization(OWNER);
      organization.state.script = (response, seen, call) =>
        json({ data: pages[call - 1] ?? [], meta: { page: { total_filtered_count: total } } })(
          response,
          seen,
          call,
        );
      assert.equal(await createRolecallAt(organization, issuer).codeOf(email), 'VIEWER_AMBIGUOUS');
      assert.deepEqual(organization.takePaths(), ['users?', 'users?']);
    });
  }

  test('the first of two, where a page between them has no users', async () => {
    const pages = [[sent('first')], [ref('teams', 'x')], [sent('second')]];
    await using organization = await startOrganization(OWNER);
    organization.state.script = (response, seen, call) =>
      json({ data: pages[call - 1] ?? [] })(response, seen, call);
    assert.equal(await createRolecallAt(organization, issuer).codeOf(email), 'VIEWER_AMBIGUOUS');
  });

  for (const id of ['.', '..', '\ud800', 'x'.repeat(257)]) {
    test(`a user whose id cannot be part of a path: ${JSON.stringify(id.slice(0, 9))}`, async () => {
      await using organization = await startOrganization(OWNER);
      const page = { data: [sent(id)], meta: { page: { total_filtered_count: 1 } } };
      organization.state.script = (response, seen, call) =>
        json(seen.path.includes('?') ? page : { data: sent(id) })(response, seen, call);
      assert.equal(await createRolecallAt(organization, issuer).codeOf(email), 'VIEWER_NOT_FOUND');
      assert.deepEqual(organization.takePaths(), ['users?']);
    });
  }

  for (const claim of [
    'admin',
    '@',
    '@fictional.example',
    'a@',
    'a@b@fictional.example',
    'a b@fictional.example',
    ` ${email}`,
    'a\0@fictional.example',
    '\ud800@fictional.example',
    `${'a'.repeat(303)}@fictional.example`,
  ]) {
    const what = JSON.stringify(claim.slice(0, 25));
    test(`somebody whose handle is a claim that is no address, of which Datadog is not asked: ${what}`, async () => {
      await using organization = await startOrganization(
        OWNER,
        member(2, email, { handle: claim }),
      );
      const rolecall = createRolecallAt(organization, issuer);
      assert.equal(
        await rolecall.codeOf({ email: claim, email_verified: true }),
        'EMAIL_NOT_VERIFIED',
      );
      assert.deepEqual(organization.takePaths(), []);
    });
  }
});

describe('with VIEWER=caller and DD_EXPAND=rest, a caller does not see', () => {
  const person = (...others: string[]) =>
    member(2, email, {}, { relationships: { other_users: members(...others) } });
  const linked = (relationships: Member['relationships'] = {}) =>
    member(3, 'c@fictional.example', {}, { relationships });

  test('whom only the document of another user points at', async () => {
    await using organization = await startOrganization(
      OWNER,
      person(uuid(1, 3)),
      linked({ other_users: members(uuid(1, 4)) }),
      member(4, 'd@fictional.example'),
    );
    const rolecall = createRolecallAt(organization, issuer, { DD_EXPAND: 'rest' });
    const query = '{ viewer { datadog { otherUsers { name otherUsers { id name } } } } }';
    assert.deepEqual(dataOf(await rolecall.ask(email, query)).viewer.datadog.otherUsers, [
      { name: 'Member 3', otherUsers: [{ id: uuid(1, 4), name: null }] },
    ]);
    assert.ok(!organization.takePaths().includes(`users/${uuid(1, 4)}`));
  });

  test('another organization of the keys’ owner', async () => {
    const another = org('another', { name: 'Another Org' });
    await using organization = await startOrganization(
      { ...OWNER, included: [another] },
      person(uuid(1, 3)),
      linked({ org: { data: ref('orgs', another.id) } }),
    );
    const rolecall = createRolecallAt(organization, issuer, { DD_EXPAND: 'rest' });
    const query =
      '{ viewer { datadog { organization { name } otherUsers { organization { id name } } } } }';
    assert.deepEqual(dataOf(await rolecall.ask(email, query)).viewer.datadog, {
      organization: { name: 'Fictional Org' },
      otherUsers: [{ organization: { id: another.id, name: null } }],
    });
  });

  test('a user whose id a malformed identifier resembles', async () => {
    const other_users = { data: [{ type: 'users', id: 7 }] };
    await using organization = await startOrganization(
      OWNER,
      member(2, email, {}, { relationships: { other_users } }),
      { ...member(3, 'c@fictional.example'), id: '7' },
    );
    const rolecall = createRolecallAt(organization, issuer, { DD_EXPAND: 'rest' });
    const token = issuer.sign({ email, email_verified: true });
    const response = await rolecall.fetch('http://rolecall.example/subgraph', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query:
          '{ _entities(representations: [{ __typename: "DatadogUser", id: "7" }]) { __typename } }',
      }),
    });
    assert.deepEqual(await response.json(), { data: { _entities: [null] } });
    assert.deepEqual(organization.takePaths(), ['users?', `users/${uuid(1, 2)}`]);
  });
});

test('with VIEWER=caller and DD_EXPAND=rest, a caller sees what looked-up roles grant', async () => {
  const own = role(1, [permission(1).id]);
  const person = { ...sent('own'), relationships: { roles: { data: [ref('roles', own.id)] } } };
  const documents: Record<string, unknown> = {
    'users?': { data: [person] },
    'users/own': { data: person },
    [`roles/${own.id}`]: { data: own },
    permissions: { data: [permission(1), permission(2)] },
  };
  await using organization = await startOrganization(OWNER);
  organization.state.script = (response, seen, call) => {
    const body = documents[seen.path.replace('/api/v2/', '').replace(/\?.*/, '?')];
    const isSecond = seen.path.includes('number%5D=1');
    json(isSecond ? { data: [] } : body)(response, seen, call);
  };
  const rolecall = createRolecallAt(organization, issuer, { DD_EXPAND: 'rest' });
  const query = '{ viewer { datadog { roles { name permissions { name } } } } }';
  assert.deepEqual(dataOf(await rolecall.ask(email, query)).viewer.datadog.roles, [
    { name: 'Role 1', permissions: [{ name: 'permission_1' }] },
  ]);
  assert.deepEqual(organization.takePaths().slice(2), [
    'users/own',
    `roles/${own.id}`,
    'permissions',
  ]);
});

test('with VIEWER=caller, no caller is told an e-mail address in Datadog’s words', async () => {
  await using organization = await startOrganization(OWNER);
  const errors = ['owner@fictional.example may not read /users?filter=a%40fictional.example'];
  organization.state.script = json({ errors }, 403);
  const [error] = (await createRolecallAt(organization, issuer).ask(email)).errors ?? [];
  assert.match(
    error?.message ?? '',
    /\(HTTP 403: \[redacted\] may not read \/users\?filter=\[redacted\]\)\. Check the server’s keys/,
  );
});

test('with VIEWER=caller, ids of the organization of former keys are not asked for with new ones', async () => {
  await using organization = await startOrganization(OWNER, member(2, email));
  using rolecall = await createRolecallWithFiles(DATADOG_KEYS, {
    ...issuer.environment,
    DATADOG_API_URL: organization.url,
    VIEWER: 'caller',
  });
  const headers = { authorization: `Bearer ${issuer.sign({ email, email_verified: true })}` };
  const ask = () => rolecall.query(QUERY, { headers });
  assert.equal(dataOf(await ask()).viewer.datadog.name, 'Member 2');
  await rolecall.rotate({ DD_API_KEY: 'another-api-key', DD_APP_KEY: 'another-app-key' });
  organization.state.members = [member(3, email)];
  organization.takePaths();
  const answer = await ask();
  assert.deepEqual(codesOf(answer), {});
  assert.equal(dataOf(answer).viewer.datadog.name, 'Member 3');
  assert.deepEqual(organization.takePaths(), ['users?', `users/${uuid(1, 3)}`]);
});
