import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { org, permission, ref, role, uuid } from './fixtures/datadog.ts';
import { type Issuer, startIssuer } from './support/issuer.ts';
import { member, members, startOrganization } from './support/organization.ts';
import { createRolecallAt } from './support/viewer.ts';

const OWNER = member(1, 'owner@fictional.example');

let issuer: Issuer;
before(async () => {
  issuer = await startIssuer();
});
after(() => issuer[Symbol.asyncDispose]());

describe('with VIEWER=caller, a subgraph’s references', () => {
  const email = 'a@fictional.example';
  const granted = role(1, [permission(1).id]);
  const included = [granted, permission(1)];
  const roles = { data: [ref('roles', granted.id)] };
  const owner = { ...OWNER, relationships: { roles: { data: [ref('roles', role(2, []).id)] } } };
  const secret = role(2, [permission(2).id], { name: 'Secret' });
  const person = member(
    2,
    email,
    {},
    { relationships: { roles, other_users: members(uuid(1, 3)) }, included },
  );
  const start = () =>
    startOrganization(
      { ...owner, included: [secret, permission(2)] },
      person,
      member(3, 'other@fictional.example', {}, { included: [] }),
      member(4, 'stranger@fictional.example'),
    );
  const QUERY_ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on DatadogUser { name } ... on Role { name } ... on Permission { name } ... on Organization { name }
  } }`;
  const representations = [
    ['DatadogUser', person.id],
    ['DatadogUser', uuid(1, 3)],
    ['DatadogUser', uuid(1, 4)],
    ['DatadogUser', OWNER.id],
    ['Role', granted.id],
    ['Role', secret.id],
    ['Permission', permission(1).id],
    ['Permission', permission(2).id],
    ['Organization', org().id],
    ['Organization', 'other'],
  ].map(([__typename, id]) => ({ __typename, id }));

  async function entities(organization: { url: string }, more: Record<string, string>) {
    const rolecall = createRolecallAt(organization, issuer, more);
    const token = issuer.sign({ email, email_verified: true });
    const response = await rolecall.fetch('http://rolecall.example/subgraph', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: QUERY_ENTITIES, variables: { representations } }),
    });
    const { data, errors } = (await response.json()) as any;
    assert.equal(errors, undefined);
    return data._entities.map((entity: { name: string } | null) => entity?.name ?? null);
  }

  test('find what the person’s own document holds, and the organization of the keys', async () => {
    await using organization = await start();
    assert.deepEqual(await entities(organization, {}), [
      'Member 2',
      null,
      null,
      null,
      'Role 1',
      null,
      'permission_1',
      null,
      'Fictional Org',
      null,
    ]);
  });

  test('are looked up with DD_EXPAND=rest where that document points at them, and no others', async () => {
    await using organization = await start();
    assert.deepEqual(await entities(organization, { DD_EXPAND: 'rest' }), [
      'Member 2',
      'Member 3',
      null,
      null,
      'Role 1',
      null,
      'permission_1',
      null,
      'Fictional Org',
      null,
    ]);
    const paths = organization.takePaths();
    assert.ok(!paths.includes('permissions'));
    assert.deepEqual(
      paths.filter((path) => /^(users|roles)\//.test(path)),
      [`users/${uuid(1, 2)}`, `users/${uuid(1, 3)}`],
    );
  });
});
