import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fixtures } from '../../support/providers.ts';
import {
  ADA,
  ADA_ID,
  BOB,
  FETCHED_ROLE,
  FORBIDDEN_ROLE,
  HELD_ROLE,
  type Headers,
  OLGA_ID,
  UNKNOWN,
} from './callers.ts';
import { bothSubgraphs } from './compose.ts';
import { codesOf, dataOf, type Untyped } from './gateway.ts';
import { type GatewayKind, type Stack, startStack } from './stack.ts';

const VIEWER = `{ viewer {
  datadog { displayName team roles { name owner reviewedAt } }
  heygen { firstName }
  users { displayName ... on DatadogUser { team } }
} }`;

const DIRECTORY = `query ($users: [ID!]!, $roles: [ID!]!) {
  onCall(ids: $users) { id name team roles { name owner } }
  reviews(ids: $roles) { id name owner managed }
}`;

const role = (index: number, id: string) => ({ name: `Role ${index}`, owner: `Owner of ${id}` });

/** Rolecall with CREDENTIALS=request behind a gateway that passes on the caller's keys. */
export function describeRequestCredentials(kind: GatewayKind) {
  describe(`${kind.name}, CREDENTIALS=request`, () => {
    let stack: Stack;
    before(async () => {
      const rolecall = { CREDENTIALS: 'request', DD_EXPAND: 'rest' };
      stack = await startStack(kind, { subgraphs: bothSubgraphs, rolecall });
    });
    after(() => stack?.[Symbol.asyncDispose]());
    beforeEach(() => stack.forget());

    test('serves a query that starts at Rolecall’s field, from both subgraphs', async () => {
      const team = `Team of ${ADA_ID}`;
      assert.deepEqual(dataOf(await stack.query(VIEWER, ADA)).viewer, {
        datadog: {
          displayName: 'Ada Fictional',
          team,
          roles: [{ ...role(1, HELD_ROLE), reviewedAt: '2026-02-03' }],
        },
        heygen: { firstName: 'Ada' },
        users: [{ displayName: 'Ada Fictional', team }, { displayName: 'Ada Fictional' }],
      });
      assert.deepEqual([stack.datadog.length, stack.heygen.length], [1, 1]);
    });

    test('serves a query that starts at the other’s field, from both subgraphs', async () => {
      const users = [ADA_ID, OLGA_ID];
      const roles = [FETCHED_ROLE, HELD_ROLE];
      const data = dataOf(await stack.query(DIRECTORY, ADA, { users, roles }));
      assert.deepEqual(
        data.onCall,
        [
          { id: ADA_ID, name: 'Ada Fictional' },
          { id: OLGA_ID, name: 'Olga Fictional' },
        ].map((user) => ({ ...user, team: `Team of ${user.id}`, roles: [role(1, HELD_ROLE)] })),
      );
      assert.deepEqual(data.reviews, [
        { id: FETCHED_ROLE, ...role(2, FETCHED_ROLE), managed: false },
        { id: HELD_ROLE, ...role(1, HELD_ROLE), managed: true },
      ]);
      const paths = new Set(stack.datadog.map(({ path }) => path.replace('/api/v2/', '')));
      assert.deepEqual(
        paths,
        new Set(['current_user', `users/${OLGA_ID}`, `roles/${FETCHED_ROLE}`]),
      );
    });

    test('hands each caller’s keys to the vendors, and to no other subgraph', async () => {
      for (const caller of [ADA, BOB]) {
        stack.forget();
        await stack.query(VIEWER, caller);
        const [datadog, heygen] = [stack.datadog[0]?.headers, stack.heygen[0]?.headers];
        assert.equal(datadog?.['dd-api-key'], caller['DD-API-KEY']);
        assert.equal(datadog?.['dd-application-key'], caller['DD-APPLICATION-KEY']);
        assert.equal(heygen?.['x-api-key'], caller['X-HeyGen-Api-Key']);
        assert.ok(stack.directory.length > 0);
        const others = JSON.stringify(stack.directory);
        for (const key of Object.values(caller)) assert.ok(!others.includes(key), key);
      }
    });

    for (const { provider, keyHeaders } of fixtures) {
      test(`hands a caller’s keys to ${provider.title}, and to no other subgraph`, async () => {
        const { field } = provider;
        const query = `{ viewer { ${field} { id } } onCall(ids: ["${ADA_ID}"]) { id team } }`;
        await stack.query(query, { ...ADA, ...keyHeaders });
        assert.ok(stack.directory.length > 0);
        const received = JSON.stringify(stack.seenBy(field));
        const others = JSON.stringify(stack.directory);
        for (const key of Object.values(keyHeaders)) {
          assert.ok(received.includes(key), key);
          assert.ok(!others.includes(key), key);
        }
      });
    }

    test('hands on the site, which Rolecall judges', async () => {
      const response = await stack.query(VIEWER, { ...ADA, 'DD-SITE': 'nowhere.example' });
      assert.deepEqual(codesOf(response), {
        'viewer.datadog': 'CREDENTIALS_INVALID',
        'viewer.users.0': 'CREDENTIALS_INVALID',
      });
    });

    test('gives callers at the same time their own users, and those without keys none', async () => {
      const callers: [Headers, string | undefined][] = [
        [ADA, 'Ada Fictional'],
        [BOB, 'Bob Fictional'],
        [{}, undefined],
      ];
      const requests = Array.from({ length: 10 }, () => callers).flat();
      const responses = await Promise.all(
        requests.map(([headers]) => stack.query(VIEWER, headers)),
      );
      assert.deepEqual(
        responses.map((response) => dataOf(response).viewer.datadog?.displayName),
        requests.map(([, name]) => name),
      );
    });

    test('passes on what HeyGen refuses, and all that Datadog says', async () => {
      const response = await stack.query(VIEWER, { ...ADA, 'X-HeyGen-Api-Key': 'revoked' });
      const { datadog, heygen } = response.data.viewer;
      assert.equal(heygen, null);
      assert.equal(datadog.team, `Team of ${ADA_ID}`);
      assert.deepEqual(datadog.roles, [{ ...role(1, HELD_ROLE), reviewedAt: '2026-02-03' }]);
      assert.deepEqual(codesOf(response), {
        'viewer.heygen': 'UPSTREAM_UNAUTHENTICATED',
        'viewer.users.1': 'UPSTREAM_UNAUTHENTICATED',
      });
      const [error] = response.errors ?? [];
      assert.deepEqual([error?.extensions.provider, error?.extensions.status], ['HEYGEN', 401]);
      assert.match(error?.message, /^HeyGen rejected the credentials/);
    });

    test('passes on a failed entity with its code, and an unknown one as null, for each alone', async () => {
      const roles = [HELD_ROLE, UNKNOWN, FORBIDDEN_ROLE, FETCHED_ROLE];
      const response = await stack.query(DIRECTORY, ADA, { users: [UNKNOWN, OLGA_ID], roles });
      assert.deepEqual(
        response.data.onCall.map((user: Untyped) => [user.name, user.team]),
        [
          [null, `Team of ${UNKNOWN}`],
          ['Olga Fictional', `Team of ${OLGA_ID}`],
        ],
      );
      assert.deepEqual(
        response.data.reviews.map((each: Untyped) => [each.name, each.owner]),
        ['Role 1', null, null, 'Role 2'].map((name, index) => [name, `Owner of ${roles[index]}`]),
      );
      assert.deepEqual(
        codesOf(response),
        Object.fromEntries(
          kind
            .entityPaths('reviews', 2, ['name', 'managed'])
            .map((path) => [path.join('.'), 'UPSTREAM_FORBIDDEN']),
        ),
      );
    });

    test('nulls no neighbour of an unknown user of whom a field is asked that is never null', async () => {
      const query = 'query ($ids: [ID!]!) { onCall(ids: $ids) { displayName } }';
      const response = await stack.query(query, ADA, { ids: [UNKNOWN, ADA_ID] });
      assert.deepEqual(response.data.onCall, [null, { displayName: 'Ada Fictional' }]);
      assert.deepEqual(codesOf(response), kind.brokenPromise('onCall.0.displayName'));
    });
  });
}
