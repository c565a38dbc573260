import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sandbox as datadog } from '../src/providers/datadog/sandbox/index.ts';
import { sandbox as heygen } from '../src/providers/heygen/sandbox.ts';

const KEYS = { 'DD-API-KEY': 'sandbox', 'DD-APPLICATION-KEY': 'sandbox' };

function ask(path: string, query = '', headers: Record<string, string> = KEYS) {
  const request = {
    method: 'GET',
    path,
    query: new URLSearchParams(query),
    headers: new Headers(headers),
    body: '',
  };
  return path.startsWith('/api') ? datadog.respond(request) : heygen.respond(request);
}

const bodyOf = (path: string, query?: string) => {
  const { status, body } = ask(path, query);
  assert.equal(status, 200);
  return body as any;
};

const idsOf = (resources: readonly { id: string }[]) => resources.map(({ id }) => id);

/** The resource identifiers in these resources' relationships. */
const identifiersIn = (resources: readonly any[]) =>
  resources.flatMap(({ relationships = {} }) =>
    Object.values(relationships).flatMap(({ data }: any) => data ?? []),
  );

describe('the sandbox of Datadog', () => {
  const { data: owner, included } = bodyOf('/api/v2/current_user');

  test('points at resources with identifiers of a type and an id, and includes all but other users', () => {
    const identifiers = identifiersIn([owner, ...included]);
    for (const identifier of identifiers) {
      assert.deepEqual(Object.keys(identifier).sort(), ['id', 'type']);
    }
    const known = new Set(included.map(({ type, id }: any) => `${type} ${id}`));
    const dangling = identifiers.filter(({ type, id }) => !known.has(`${type} ${id}`));
    assert.deepEqual(new Set(dangling.map(({ type }) => type)), new Set(['users']));
    assert.equal(dangling.length, 2);
  });

  test('has an owner of the keys with four roles, in one of three organizations', () => {
    const { roles, org, other_orgs, other_users, team_roles } = owner.relationships;
    assert.deepEqual(
      [roles, other_orgs, other_users, team_roles].map(({ data }) => data.length),
      [4, 2, 2, 0],
    );
    assert.equal(org.data.type, 'orgs');
    assert.deepEqual(
      included.filter(({ type }: any) => type === 'roles').map((each: any) => each.attributes.name),
      ['Datadog Read Only Role', 'Site Reliability', 'Observability Platform', 'Billing Reader'],
    );
  });

  test('responds about each role, user and permission that there is', () => {
    const roles = included.filter(({ type }: any) => type === 'roles');
    for (const role of roles) assert.deepEqual(bodyOf(`/api/v2/roles/${role.id}`).data, role);
    const permissions = included.filter(({ type }: any) => type === 'permissions');
    assert.deepEqual(bodyOf('/api/v2/permissions').data, permissions);
    for (const id of idsOf(owner.relationships.other_users.data)) {
      const { data, included: own } = bodyOf(`/api/v2/users/${id}`);
      assert.equal(data.id, id);
      const granted = own.filter(({ type }: any) => type === 'permissions').length;
      assert.ok(granted > 0 && granted < permissions.length, `${granted}`);
      assert.ok(own.every(({ type }: any) => type === 'roles' || type === 'permissions'));
    }
  });

  test('finds people by parts of their addresses, page by page', () => {
    const search = (query: string) => bodyOf('/api/v2/users', query);
    const names = ({ data }: any) => data.map((user: any) => user.attributes.name);
    assert.deepEqual(names(search('filter=ROBIN@sandbox')), [
      'Robin Sandbox',
      'Deployment Sandbox',
    ]);
    const all = names(search(''));
    assert.equal(all.length, 7);
    const pages = [0, 1, 2].map((page) => search(`page[size]=4&page[number]=${page}`));
    assert.deepEqual(pages.map(names), [all.slice(0, 4), all.slice(4), []]);
    assert.equal(pages[0].meta.page.total_filtered_count, 7);
    assert.deepEqual(names(search('filter[status]=Disabled')), []);
    assert.deepEqual(names(search('filter[status]=Active,Pending')), all);
  });

  test('has a key for each person, whose roles may be all-powerful, empty, unknown or none', () => {
    const countsOf = (name: string) => {
      const key = `sandbox-key-${name}`;
      const keys = { 'DD-API-KEY': key, 'DD-APPLICATION-KEY': key };
      const { status, body } = ask('/api/v2/current_user', '', keys);
      assert.equal(status, 200);
      const { data, included: own } = body as any;
      assert.equal(data.attributes.name.split(' ')[0].toLowerCase(), name);
      const known = new Map(own.map((each: any) => [each.id, each]));
      return data.relationships.roles.data.map(
        ({ id }: any) => (known.get(id) as any).relationships.permissions?.data.length,
      );
    };
    const [readers = 0, reliability = 0, platform = 0, billing = 0] = countsOf('robin');
    assert.ok([readers, reliability, platform, billing].every((count) => count > 0));
    assert.deepEqual(countsOf('rowan'), [readers, platform]);
    assert.deepEqual(countsOf('riley'), [billing]);
    assert.deepEqual(countsOf('deployment'), [readers]);
    assert.deepEqual(countsOf('reese'), [402, reliability, billing, 0]);
    assert.deepEqual(countsOf('remy'), [billing, 0, undefined]);
    assert.deepEqual(countsOf('rene'), []);
  });

  test('is down for the key of an outage', () => {
    assert.deepEqual(ask('/api/v2/current_user', '', { 'DD-API-KEY': 'sandbox-key-outage' }), {
      status: 503,
      body: { errors: ['Service Unavailable'] },
    });
  });

  test('refuses other keys, and knows no other paths', () => {
    for (const header of Object.keys(KEYS)) {
      assert.deepEqual(ask('/api/v2/current_user', '', { ...KEYS, [header]: 'other' }), {
        status: 403,
        body: { errors: ['Forbidden'] },
      });
    }
    assert.deepEqual(ask('/api/v2/other'), { status: 404, body: { errors: ['Not found'] } });
  });
});

describe('the sandbox of HeyGen', () => {
  const KEY = { 'X-Api-Key': 'sandbox' };
  const user = {
    username: '5a4db0c505e440008000000000000000',
    email: 'robin@sandbox.example',
    first_name: 'Robin',
    last_name: 'Sandbox',
  };

  test('responds in both versions of the API', () => {
    assert.deepEqual(ask('/v1/user/me', '', KEY), {
      status: 200,
      body: { code: 100, data: user, msg: null, message: null },
    });
    const wallet = { currency: 'usd', remaining_balance: 42.5 };
    assert.deepEqual(ask('/v3/users/me', '', KEY), {
      status: 200,
      body: { data: { ...user, billing_type: 'wallet', wallet } },
    });
  });

  test('has a key for some of Datadog’s people, and one of an outage', () => {
    const askAs = (name: string) => ask('/v1/user/me', '', { 'X-Api-Key': `sandbox-key-${name}` });
    for (const name of ['robin', 'rowan', 'reese', 'remy']) {
      assert.equal((askAs(name).body as any).data.email, `${name}@sandbox.example`);
    }
    const names = ['riley', 'deployment', 'rene', 'outage'];
    assert.deepEqual(
      names.map((name) => askAs(name).status),
      [401, 401, 401, 503],
    );
  });

  test('refuses other keys, and knows no other paths', () => {
    assert.equal(ask('/v1/user/me').status, 401);
    assert.equal(ask('/other', '', KEY).status, 404);
  });
});
