import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Secret } from '../src/lib/secret.ts';
import { Client } from '../src/providers/datadog/client.ts';
import { PersonClient } from '../src/providers/datadog/person-client.ts';
import { PersonLookup } from '../src/providers/datadog/person-lookup.ts';
import { vendor } from '../src/providers/datadog/vendor.ts';
import { org, ref, role, uuid } from './fixtures/datadog.ts';
import { createUpstream, request } from './support/client.ts';
import { type Issuer, startIssuer } from './support/issuer.ts';
import { member, startOrganization } from './support/organization.ts';
import { dataOf } from './support/rolecall.ts';
import { json } from './support/upstream.ts';
import { createRolecallAt } from './support/viewer.ts';

const OWNER = member(1, 'owner@fictional.example');

let issuer: Issuer;
before(async () => {
  issuer = await startIssuer();
});
after(() => issuer[Symbol.asyncDispose]());

function clientOf(url: string) {
  const keys = { apiKey: new Secret('api'), appKey: new Secret('app'), baseUrl: new URL(url) };
  return new PersonClient(new Client(createUpstream(vendor), keys, request));
}

describe('with VIEWER=caller, Datadog is asked', () => {
  const email = 'a@fictional.example';

  test('for nothing where no field wants it, and for a known person alone the next time', async () => {
    await using organization = await startOrganization(OWNER, member(2, email));
    const rolecall = createRolecallAt(organization, issuer);
    await rolecall.ask(email, '{ viewer { providers } }');
    assert.deepEqual(organization.takePaths(), []);
    await rolecall.nameOf(email);
    assert.deepEqual(organization.takePaths(), ['users?', `users/${uuid(1, 2)}`]);
    await rolecall.nameOf(email.toUpperCase());
    assert.deepEqual(organization.takePaths(), [`users/${uuid(1, 2)}`]);
  });

  test('about everybody each time where nothing is to be remembered', async () => {
    await using organization = await startOrganization(OWNER, member(2, email));
    const rolecall = createRolecallAt(organization, issuer, { VIEWER_LOOKUP_TTL_SECONDS: '0' });
    for (let i = 0; i < 2; i += 1) {
      await rolecall.nameOf(email);
      assert.deepEqual(organization.takePaths(), ['users?', `users/${uuid(1, 2)}`]);
    }
  });

  test('for organizations, of whose owner nothing is kept', async () => {
    const secret = role(7, []);
    await using organization = await startOrganization({ ...OWNER, included: [secret] });
    const resources = await clientOf(organization.url).organizations();
    assert.equal(resources.organization(org().id)?.name, 'Fictional Org');
    assert.equal(resources.user(OWNER.id), undefined);
    assert.equal(resources.role(secret.id), undefined);
  });

  test('about a known person again after VIEWER_LOOKUP_TTL_SECONDS, however often it asks', async () => {
    await using organization = await startOrganization(OWNER, member(2, email));
    let now = 1_000_000;
    const lookup = new PersonLookup(600, { now: () => now });
    const client = clientOf(organization.url);
    const callsAfter = async (seconds: number) => {
      now += seconds * 1000;
      await lookup.find({ email, emailVerified: true }, client);
      return organization.takePaths().length;
    };
    assert.deepEqual(
      [await callsAfter(0), await callsAfter(599), await callsAfter(0.5), await callsAfter(0.6)],
      [2, 1, 1, 2],
    );
  });

  for (const [what, now] of [
    ['is gone', []],
    ['is disabled', [member(2, email, { disabled: true, status: 'Disabled' })]],
    ['has another address', [member(2, 'b@fictional.example')]],
    ['is a service account now', [member(2, email, { service_account: true })]],
  ] as const) {
    test(`again once a known person ${what}`, async () => {
      await using organization = await startOrganization(OWNER, member(2, email));
      const rolecall = createRolecallAt(organization, issuer);
      await rolecall.nameOf(email);
      organization.takePaths();
      organization.state.members = [OWNER, ...now];
      assert.equal(await rolecall.codeOf(email), 'VIEWER_NOT_FOUND');
      assert.deepEqual(organization.takePaths(), [`users/${uuid(1, 2)}`, 'users?']);
      organization.state.members = [OWNER, ...now, member(3, email)];
      assert.equal(await rolecall.nameOf(email), 'Member 3');
      assert.deepEqual(organization.takePaths(), ['users?', `users/${uuid(1, 3)}`]);
    });
  }

  test('about nobody else where it fails, and the person is known as before', async () => {
    await using organization = await startOrganization(OWNER, member(2, email));
    const rolecall = createRolecallAt(organization, issuer);
    await rolecall.nameOf(email);
    organization.takePaths();
    organization.state.script = json({ errors: ['Forbidden'] }, 403);
    assert.equal(await rolecall.codeOf(email), 'UPSTREAM_FORBIDDEN');
    organization.state.script = undefined;
    assert.equal(await rolecall.nameOf(email), 'Member 2');
    assert.deepEqual(organization.takePaths(), [`users/${uuid(1, 2)}`, `users/${uuid(1, 2)}`]);
  });

  test('for the organization of the keys, where more of it is wanted than its id', async () => {
    await using organization = await startOrganization(
      OWNER,
      member(2, email),
      member(3, 'b@fictional.example', {}, { relationships: { org: { data: ref('orgs', 'b') } } }),
    );
    const rolecall = createRolecallAt(organization, issuer);
    const ask = async (who: string, fields: string) =>
      dataOf(await rolecall.ask(who, `{ viewer { datadog { organization { ${fields} } } } }`))
        .viewer.datadog.organization;
    assert.deepEqual(await ask(email, 'id'), { id: org().id });
    assert.ok(!organization.takePaths().includes('current_user'));
    assert.deepEqual(await ask(email, 'id name'), { id: org().id, name: 'Fictional Org' });
    assert.ok(organization.takePaths().includes('current_user'));
    assert.deepEqual(await ask('b@fictional.example', 'id name'), { id: 'b', name: null });
  });
});
