import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, mock, test } from 'node:test';
import SchemaBuilder from '@pothos/core';
import {
  ORG_ID,
  org,
  permission,
  role,
  USER_ID,
  userDocument,
  userWithRoles,
  uuid,
} from './fixtures/datadog.ts';
import { USERNAME, v1 } from './fixtures/heygen.ts';
import { createRolecall, createRolecallFor } from './support/rolecall.ts';
import { json, type Script, startUpstream } from './support/upstream.ts';

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on DatadogUser { id name }
    ... on Organization { id organizationName: name }
    ... on Role { id roleName: name permissions { name } }
    ... on Permission { id permissionName: name }
    ... on HeyGenUser { id firstName }
  }
}`;

interface Fetching {
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

async function post(rolecall: Fetching, body: unknown) {
  const response = await rolecall.fetch('http://rolecall.example/subgraph', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as any) };
}

const resolve = (rolecall: Fetching, representations: readonly unknown[]) =>
  post(rolecall, { query: ENTITIES, variables: { representations } });

const document = userWithRoles([role(1, [uuid(4, 1)])], [permission(1)]);

/** A Datadog that serves the current user, role 7 and all permissions, and refuses role 8. */
const datadogScript: Script = (response, seen, call) => {
  const scripts: Record<string, Script> = {
    current_user: json(document),
    [`roles/${uuid(3, 7)}`]: json({ data: role(7, [uuid(4, 7)]) }),
    [`roles/${uuid(3, 8)}`]: json({ errors: ['Forbidden'] }, 403),
    permissions: json({ data: [permission(7)] }),
    [`users/${uuid(1, 7)}`]: json({
      ...userDocument(),
      data: { ...userDocument({ attributes: { name: 'Olga' } }).data, id: uuid(1, 7) },
    }),
  };
  (scripts[seen.path.replace('/api/v2/', '')] ?? json({ errors: ['not found'] }, 404))(
    response,
    seen,
    call,
  );
};

describe('entities', () => {
  test('come from the viewer’s own documents', async () => {
    await using datadog = await startUpstream(json(document));
    await using heygen = await startUpstream(json(v1()));
    const { data, errors } = await resolve(createRolecallFor({ datadog, heygen }), [
      { __typename: 'DatadogUser', id: USER_ID },
      { __typename: 'Organization', id: ORG_ID },
      { __typename: 'Role', id: uuid(3, 1) },
      { __typename: 'Permission', id: uuid(4, 1) },
      { __typename: 'HeyGenUser', id: USERNAME },
    ]);
    assert.equal(errors, undefined);
    assert.deepEqual(data._entities, [
      { __typename: 'DatadogUser', id: USER_ID, name: 'Ada Fictional' },
      { __typename: 'Organization', id: ORG_ID, organizationName: org().attributes['name'] },
      {
        __typename: 'Role',
        id: uuid(3, 1),
        roleName: 'Role 1',
        permissions: [{ name: 'permission_1' }],
      },
      { __typename: 'Permission', id: uuid(4, 1), permissionName: 'permission_1' },
      { __typename: 'HeyGenUser', id: USERNAME, firstName: 'Ada' },
    ]);
    assert.deepEqual([datadog.seen.length, heygen.seen.length], [1, 1]);
  });

  test('that nobody knows, and those of a provider that is not connected, are null without an error', async () => {
    await using datadog = await startUpstream(json(document));
    const { data, errors } = await resolve(createRolecallFor({ datadog }), [
      { __typename: 'DatadogUser', id: 'nobody' },
      { __typename: 'Organization', id: 'nowhere' },
      { __typename: 'Role', id: '__proto__' },
      { __typename: 'HeyGenUser', id: USERNAME },
    ]);
    assert.equal(errors, undefined);
    assert.deepEqual(data._entities, [null, null, null, null]);
    assert.equal(datadog.seen.length, 1);
  });

  test('500 representations cost no more calls than what they refer to, and none nulls another', async () => {
    await using datadog = await startUpstream(datadogScript);
    await using heygen = await startUpstream(json(v1()));
    const rolecall = createRolecallFor(
      { datadog, heygen },
      { DD_EXPAND: 'rest', UPSTREAM_RETRIES: '0' },
    );
    const kinds = [
      [{ __typename: 'Role', id: uuid(3, 1) }, 'Role'],
      [{ __typename: 'Role', id: uuid(3, 7) }, 'Role'],
      [{ __typename: 'Role', id: uuid(3, 8) }, null, 'UPSTREAM_FORBIDDEN'],
      [{ __typename: 'Role', id: 'unknown' }, null],
      [{ __typename: 'Role', id: '\ud800' }, null],
      [{ __typename: 'Role', id: '..' }, null],
      [{ __typename: 'Permission', id: uuid(4, 7) }, 'Permission'],
      [{ __typename: 'Permission', id: 'unknown' }, null],
      [{ __typename: 'DatadogUser', id: uuid(1, 7) }, 'DatadogUser'],
      [{ __typename: 'Organization', id: ORG_ID }, 'Organization'],
      [{ __typename: 'HeyGenUser', id: 'somebody-else' }, null],
      [{ __typename: 'Nope', id: 'x' }, null, 'INVALID_REPRESENTATION'],
      [{ __typename: 'Viewer', id: 'x' }, null, 'INVALID_REPRESENTATION'],
      [{ __typename: 'Role' }, null, 'INVALID_REPRESENTATION'],
      [{ __typename: 'Role', id: 7 }, null, 'INVALID_REPRESENTATION'],
      [{ __typename: ['Role'], id: 'x' }, null, 'INVALID_REPRESENTATION'],
      ['Role', null, 'INVALID_REPRESENTATION'],
    ] as const;
    const batch = Array.from(
      { length: 500 },
      (_, index) => kinds[index % kinds.length] ?? kinds[0],
    );

    const { status, data, errors } = await resolve(
      rolecall,
      batch.map(([representation]) => representation),
    );
    assert.equal(status, 200);
    assert.deepEqual(
      data._entities.map((entity: any) => entity?.__typename ?? null),
      batch.map(([, typename]) => typename),
    );
    const codes = Object.fromEntries(
      errors.map(({ path, extensions }: any) => [path.join('.'), extensions.code]),
    );
    const expected = batch.flatMap(([, , code], index) =>
      code ? [[`_entities.${index}`, code]] : [],
    );
    assert.deepEqual(codes, Object.fromEntries(expected));

    assert.deepEqual(datadog.seen.map(({ path }) => path.replace('/api/v2/', '')).sort(), [
      'current_user',
      'permissions',
      `roles/${uuid(3, 7)}`,
      `roles/${uuid(3, 8)}`,
      'roles/unknown',
      `users/${uuid(1, 7)}`,
    ]);
    assert.equal(heygen.seen.length, 1);
  });

  test('of a provider that fails are null, each with its own error', async () => {
    await using datadog = await startUpstream(json({ errors: ['Unauthorized'] }, 401));
    await using heygen = await startUpstream(json(v1()));
    const { data, errors } = await resolve(createRolecallFor({ datadog, heygen }), [
      { __typename: 'Role', id: 'a' },
      { __typename: 'HeyGenUser', id: USERNAME },
      { __typename: 'DatadogUser', id: USER_ID },
    ]);
    assert.deepEqual(data._entities, [
      null,
      { __typename: 'HeyGenUser', id: USERNAME, firstName: 'Ada' },
      null,
    ]);
    assert.deepEqual(
      errors.map(({ path, extensions }: any) => [path[1], extensions.code]),
      [
        [0, 'UPSTREAM_UNAUTHENTICATED'],
        [2, 'UPSTREAM_UNAUTHENTICATED'],
      ],
    );
    assert.equal(datadog.seen.length, 1);
  });
});

describe('/subgraph', () => {
  test('gives its SDL, which is schema/subgraph.graphql', async () => {
    const { data } = await post(createRolecall({}), { query: '{ _service { sdl } }' });
    const lines = (sdl: string) =>
      sdl
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
        .sort();
    assert.deepEqual(
      lines(data._service.sdl),
      lines(readFileSync('schema/subgraph.graphql', 'utf8')),
    );
  });

  test('serves the viewer as /graphql does, which knows nothing of federation', async () => {
    const rolecall = createRolecall({});
    assert.deepEqual((await post(rolecall, { query: '{ viewer { providers } }' })).data, {
      viewer: { providers: [] },
    });
    for (const query of [
      '{ _service { sdl } }',
      '{ _entities(representations: []) { __typename } }',
    ]) {
      assert.equal(
        (await rolecall.query(query)).errors?.[0]?.extensions?.['code'],
        'GRAPHQL_VALIDATION_FAILED',
      );
    }
  });

  test('SUBGRAPH=off closes it', async () => {
    const response = await createRolecall({ SUBGRAPH: 'off' }).fetch(
      'http://rolecall.example/subgraph',
    );
    assert.equal(response.status, 404);
  });

  test('INTROSPECTION=off hides its schema', async () => {
    const hidden = createRolecall({ INTROSPECTION: 'off' });
    const { data, errors } = await post(hidden, { query: '{ _service { sdl } }' });
    assert.equal(data, undefined);
    assert.match(errors[0].message, /^Introspection is off\./);
  });

  test('has a body limit of its own, and shares the other limits and the tokens', async () => {
    const representations = Array.from({ length: 900 }, (_, index) => ({
      __typename: 'Role',
      id: `${index}`.padStart(200, '0'),
    }));
    const roomy = createRolecall({});
    assert.equal((await resolve(roomy, representations)).status, 200);
    const tight = await resolve(
      createRolecall({ LIMIT_SUBGRAPH_BODY_BYTES: '200000' }),
      representations,
    );
    assert.deepEqual([tight.status, tight.errors[0].extensions.code], [413, 'BODY_TOO_LARGE']);
    const many = await resolve(roomy, Array(1_001).fill({ __typename: 'Role', id: 'a' }));
    assert.deepEqual([many.status, many.errors[0].extensions.code], [400, 'LIST_TOO_LONG']);
    const closed = await resolve(createRolecall({ CLIENT_TOKENS: 'a' }), []);
    assert.deepEqual([closed.status, closed.errors[0].extensions.code], [401, 'UNAUTHENTICATED']);
    const limited = createRolecall({ RATE_LIMIT: '1' });
    assert.equal((await limited.query('{ __typename }')).status, 200);
    assert.equal((await resolve(limited, [])).status, 429);
  });
});

test('its schema is created at its first request, and only once', async () => {
  await using datadog = await startUpstream(json(document));
  const create = mock.method(SchemaBuilder.prototype, 'toSubGraphSchema');
  try {
    const rolecall = createRolecallFor({ datadog });
    await rolecall.query('{ __typename }');
    assert.equal(create.mock.callCount(), 0);
    for (let request = 1; request <= 2; request += 1) {
      const { data } = await post(rolecall, { query: '{ _service { sdl } }' });
      assert.match(data._service.sdl, /type DatadogUser/);
      assert.equal(create.mock.callCount(), 1);
    }
  } finally {
    create.mock.restore();
  }
});
