import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startSandbox } from '../src/process/sandbox-server.ts';
import { ref, role, uuid } from './fixtures/datadog.ts';
import { readConfig } from './support/config.ts';
import { type Issuer, startIssuer } from './support/issuer.ts';
import { member, startOrganization } from './support/organization.ts';
import { createTestServer, dataOf, HEYGEN_KEY, rolecallOf } from './support/rolecall.ts';
import { json } from './support/upstream.ts';
import { createRolecallAt } from './support/viewer.ts';

const OWNER = member(1, 'owner@fictional.example');

let issuer: Issuer;
before(async () => {
  issuer = await startIssuer();
});
after(() => issuer[Symbol.asyncDispose]());

describe('with VIEWER=caller, the viewer is', () => {
  test('the person in the token, for each caller', async () => {
    await using organization = await startOrganization(
      OWNER,
      member(2, 'ada@fictional.example'),
      member(3, 'bob@fictional.example'),
    );
    const rolecall = createRolecallAt(organization, issuer);
    const names = await Promise.all(
      ['ada@fictional.example', 'bob@fictional.example', 'owner@fictional.example'].map((email) =>
        rolecall.nameOf(email),
      ),
    );
    assert.deepEqual(names, ['Member 2', 'Member 3', 'Member 1']);
  });

  test('known to no provider that cannot look people up', async () => {
    await using organization = await startOrganization(OWNER);
    const rolecall = createRolecallAt(organization, issuer, HEYGEN_KEY);
    const query = '{ viewer { providers heygen { id } users { provider } } }';
    assert.deepEqual(dataOf(await rolecall.ask('owner@fictional.example', query)).viewer, {
      providers: ['DATADOG'],
      heygen: null,
      users: [{ provider: 'DATADOG' }],
    });
  });

  test('nobody whose address only contains the one in the token', async () => {
    await using organization = await startOrganization(
      OWNER,
      member(2, 'other.a@fictional.example'),
      member(3, 'a@fictional.example.org'),
      member(4, 'x', { name: 'a@fictional.example' }),
    );
    const rolecall = createRolecallAt(organization, issuer);
    assert.equal(await rolecall.codeOf('a@fictional.example'), 'VIEWER_NOT_FOUND');
    organization.state.members = [...organization.state.members, member(5, 'a@fictional.example')];
    assert.equal(await rolecall.nameOf('a@fictional.example'), 'Member 5');
  });

  test('found on any page of the search', async () => {
    const others = Array.from({ length: 230 }, (_, i) =>
      member(100 + i, `no${i}-a@fictional.example`),
    );
    await using organization = await startOrganization(
      OWNER,
      ...others,
      member(2, 'a@fictional.example'),
    );
    const rolecall = createRolecallAt(organization, issuer);
    assert.equal(await rolecall.nameOf('a@fictional.example'), 'Member 2');
    assert.deepEqual(organization.takePaths(), [
      'users?',
      'users?',
      'users?',
      `users/${uuid(1, 2)}`,
    ]);
  });

  test('not found by a search that does not end', async () => {
    await using organization = await startOrganization(OWNER);
    organization.state.script = json({ data: [{ type: 'users', id: 'someone' }] });
    const rolecall = createRolecallAt(organization, issuer);
    assert.equal(await rolecall.codeOf('a@fictional.example'), 'UPSTREAM_INVALID_RESPONSE');
    assert.equal(organization.seen.length, 50);
  });

  test('found by handle, too', async () => {
    const handled = member(2, 'other@fictional.example', { handle: 'a@fictional.example' });
    await using organization = await startOrganization(OWNER, handled);
    assert.equal(
      await createRolecallAt(organization, issuer).nameOf('a@fictional.example'),
      'Member 2',
    );
  });

  for (const [what, attributes] of [
    ['service account', { service_account: true }],
    ['disabled user', { disabled: true }],
    ['user who is invited and not here yet', { status: 'Pending' }],
    ['user of whom it is not known whether it is a person', { service_account: null }],
    ['user of whom it is not known whether it is disabled', { disabled: null }],
  ] as const) {
    test(`no ${what} with the same address`, async () => {
      const email = 'a@fictional.example';
      await using organization = await startOrganization(OWNER, member(2, email, attributes));
      const rolecall = createRolecallAt(organization, issuer);
      assert.equal(await rolecall.codeOf(email), 'VIEWER_NOT_FOUND');
      organization.state.members = [...organization.state.members, member(3, email)];
      assert.equal(await rolecall.nameOf(email), 'Member 3');
    });
  }

  test('found whatever the case of ASCII letters, and of no others', async () => {
    await using organization = await startOrganization(
      OWNER,
      member(2, 'Kim@Fictional.example'),
      member(3, 'x@fictional.example', { handle: 'ÄDA@fictional.example' }),
    );
    const rolecall = createRolecallAt(organization, issuer);
    assert.equal(await rolecall.nameOf('kIM@fictional.EXAMPLE'), 'Member 2');
    assert.equal(await rolecall.nameOf('ÄDA@FICTIONAL.example'), 'Member 3');
    // The Kelvin sign, which becomes a k in lower case.
    assert.equal(await rolecall.codeOf('\u212aim@fictional.example'), 'VIEWER_NOT_FOUND');
    assert.equal(await rolecall.codeOf('äda@fictional.example'), 'VIEWER_NOT_FOUND');
  });

  test('nobody where there are two', async () => {
    const email = 'a@fictional.example';
    await using organization = await startOrganization(
      OWNER,
      member(2, email),
      member(3, 'other@fictional.example', { handle: email.toUpperCase() }),
    );
    assert.equal(await createRolecallAt(organization, issuer).codeOf(email), 'VIEWER_AMBIGUOUS');
  });

  test('nobody, and Datadog is not asked, without an address that the issuer vouches for', async () => {
    await using organization = await startOrganization(OWNER);
    const rolecall = createRolecallAt(organization, issuer);
    const email = 'owner@fictional.example';
    for (const claims of [
      { email },
      { email, email_verified: false },
      { email, email_verified: 'true' },
      { email, email_verified: 1 },
      { email_verified: true },
      { email: '', email_verified: true },
    ]) {
      assert.equal(await rolecall.codeOf(claims), 'EMAIL_NOT_VERIFIED', JSON.stringify(claims));
    }
    assert.deepEqual(organization.takePaths(), []);
  });

  test('told what the server’s keys lack where they may not look people up', async () => {
    await using organization = await startOrganization(OWNER);
    organization.state.script = json({ errors: ['Forbidden'] }, 403);
    const { errors } = await createRolecallAt(organization, issuer).ask('owner@fictional.example');
    assert.equal(errors?.[0]?.extensions?.['code'], 'UPSTREAM_FORBIDDEN');
    assert.match(errors?.[0]?.message ?? '', /has the scope user_access_read/);
  });
});

test('with VIEWER=caller, callers who ask at once are each shown as who they are', async () => {
  const people = Array.from({ length: 200 }, (_, i) =>
    member(
      10 + i,
      `person-${i}@fictional.example`,
      {},
      {
        relationships: { roles: { data: [ref('roles', role(i, []).id)] } },
        included: [role(i, [], { name: `role of person-${i}` })],
      },
    ),
  );
  await using organization = await startOrganization(OWNER, ...people);
  const rolecall = createRolecallAt(organization, issuer, {
    UPSTREAM_QUEUE: '10000',
    UPSTREAM_TIMEOUT_MS: '60000',
    UPSTREAM_DEADLINE_MS: '60000',
  });
  const query = '{ viewer { datadog { email roles { name } } users { email } } }';
  for (let round = 0; round < 5; round += 1) {
    const order = people.map((_, i) => (i * 37 + round * 11) % people.length);
    const seen = await Promise.all(
      order.map((i) => rolecall.ask(`person-${i}@fictional.example`, query)),
    );
    for (const [index, response] of seen.entries()) {
      const who = `person-${order[index]}`;
      const email = `${who}@fictional.example`;
      assert.deepEqual(dataOf(response).viewer, {
        datadog: { email, roles: [{ name: `role of ${who}` }] },
        users: [{ email }],
      });
    }
  }
});

test('with VIEWER=caller, the sandbox finds its people by their addresses', async () => {
  const environment = { ...issuer.environment, VIEWER: 'caller', CREDENTIALS: 'server' };
  const { config, server } = await startSandbox(readConfig(environment));
  try {
    const { fetch } = rolecallOf(createTestServer(config));
    const query = '{ viewer { datadog { name roles { name } organization { name } } } }';
    const people = ['robin', 'rowan', 'riley'].map(async (name) => {
      const token = issuer.sign({ email: `${name}@sandbox.example`, email_verified: true });
      const response = await fetch('http://rolecall.example/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query }),
      });
      const { data, errors } = (await response.json()) as any;
      assert.equal(errors, undefined);
      const { name: found, roles, organization } = data.viewer.datadog;
      return [found, roles.length, organization.name];
    });
    assert.deepEqual(await Promise.all(people), [
      ['Robin Sandbox', 4, 'Sandbox Observatory'],
      ['Rowan Sandbox', 2, 'Sandbox Observatory'],
      ['Riley Sandbox', 1, 'Sandbox Observatory'],
    ]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
