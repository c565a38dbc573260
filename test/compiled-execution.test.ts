import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { parse, print } from 'graphql';
import { org, userDocument } from './fixtures/datadog.ts';
import { odd, shared } from './fixtures/datadog-users.ts';
import { v1 } from './fixtures/heygen.ts';
import { createRolecallFor, type Rolecall } from './support/rolecall.ts';
import { json, type Script, startUpstream, text, type Upstream } from './support/upstream.ts';

/** Often enough for an operation to be compiled, and to be executed so. */
const TIMES = 6;

const files = ['schema/operations', 'test/operations'].flatMap((folder) =>
  readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
);

interface Case {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string;
}

const TWO = 'query A { viewer { providers } } query B { viewer { heygen { id } } }';
const FILTER =
  'query ($names: [String!], $restricted: Boolean = true) { viewer { datadog { permissions(names: $names, restricted: $restricted) { id name } } } }';
const HAS = 'query ($name: String!) { viewer { datadog { hasPermission(name: $name) } } }';
const SKIP =
  'query ($skip: Boolean!) { viewer { datadog { id name @skip(if: $skip) roles @include(if: $skip) { id ...R @skip(if: $skip) } } } } fragment R on Role { name }';

const cases: readonly Case[] = [
  ...files.flatMap((file) =>
    parse(file).definitions.flatMap((definition) =>
      definition.kind === 'OperationDefinition' && definition.name
        ? [{ query: print(parse(file)), operationName: definition.name.value }]
        : [],
    ),
  ),
  {
    query:
      '{ __typename viewer { __typename users { __typename id ... on DatadogUser { name roles { name } } ... on HeyGenUser { firstName } ...U } } } fragment U on User { displayName email }',
  },
  {
    query:
      '{ a: viewer { u: users { i: id } } b: viewer { d: datadog { r: roles { p: permissions { n: name restricted createdAt } userCount } } } }',
  },
  {
    query:
      '{ viewer { datadog { grants(groupName: "Odd") { permission { id restricted } roles { name userCount } } otherOrganizations { id } otherUsers { displayName roles { id } } teamRoles { id } } } }',
  },
  { query: '{ viewer { datadog { id } datadog { name } heygen { lastName } } }' },
  { query: '{ viewer { datadog { __proto__: name roles { id __proto__: name } } } }' },
  ...['id', 'name', 'restricted', 'createdAt', 'r: restricted', 'id __typename'].map((leaves) => ({
    query: `{ viewer { datadog { permissions { ${leaves} } } } }`,
  })),
  ...['id', 'userCount', 'name managed', 'receivesPermissionsFrom'].map((leaves) => ({
    query: `{ viewer { datadog { roles { ${leaves} } } } }`,
  })),
  ...['id __typename username', 'id may: hasPermission(name: "permission_1")'].map((leaves) => ({
    query: `{ viewer { datadog { otherUsers { ${leaves} } } } }`,
  })),
  // Lists of objects of leaves: all of them, several ways to ask for the same, and such as are none.
  {
    query:
      '{ viewer { datadog { roles { ...R } permissions { id } only: permissions(restricted: false) { __typename n: name again: name nameAliases } otherOrganizations { id name } otherUsers { __typename id displayName } teamRoles { id } } } } fragment R on Role { __typename id permissions { ...P ... on Permission { restricted } } } fragment P on Permission { id name createdAt }',
  },
  {
    query:
      '{ viewer { datadog { roles { permissions { id } } ...U roles { permissions { name } p: permissions { id name } } } } } fragment U on DatadogUser { roles { id permissions { restricted } } }',
  },
  {
    query:
      '{ viewer { users { ... on DatadogUser { roles { id managed } } } datadog { roles { name } grants { permission { id name } roles { id name } } } } }',
  },
  {
    query:
      'query ($if: Boolean = true) { viewer { datadog { roles @include(if: $if) { id name @skip(if: $if) permissions { id ...P @include(if: $if) } } permissions { ...P } } } } fragment P on Permission { name @include(if: $if) }',
  },
  {
    query:
      '{ __schema { queryType { name } } __type(name: "Role") { fields { name type { kind } } } }',
  },
  { query: TWO, operationName: 'A' },
  { query: TWO, operationName: 'B' },
  { query: TWO, operationName: 'C' },
  { query: TWO },
  ...[
    undefined,
    {},
    { names: null },
    { names: ['permission_1'] },
    { names: 'permission_1' },
    { names: [] },
    { names: [null] },
    { names: [1] },
    { names: {} },
    { names: ['permission_2'], restricted: false },
    { restricted: null },
    { restricted: 'yes' },
    { other: 1 },
  ].map((variables) => ({ query: FILTER, variables })),
  ...[
    undefined,
    { name: null },
    { name: 1 },
    { name: 'alias' },
    { name: ['a'] },
    { name: true },
    { name: '' },
  ].map((variables) => ({ query: HAS, variables })),
  ...[{ skip: true }, { skip: false }, {}, { skip: null }, { skip: 'x' }, { skip: 1 }].map(
    (variables) => ({ query: SKIP, variables }),
  ),
];

/** Answers well about the current user, and refuses everything beyond. */
const currentUserOnly: Script = (response, seen, call) =>
  (seen.path.endsWith('/current_user') ? json(odd) : json({ errors: ['Forbidden'] }, 403))(
    response,
    seen,
    call,
  );

const scenarios: Readonly<Record<string, readonly [Script, Script, Record<string, string>?]>> = {
  'vendors that answer well': [json(shared), json(v1())],
  'a user without roles': [json(userDocument({ included: [org()] })), json(v1())],
  'documents with odd values': [
    json(odd),
    json(v1({ username: 'u', email: 'nonsense', first_name: [], last_name: '' })),
  ],
  'a failing Datadog': [json({ errors: ['Forbidden'] }, 403), json(v1())],
  'a failing HeyGen': [json(odd), text('', 401)],
  'vendors that both fail': [text('', 404), json([])],
  'a Datadog that refuses what is asked beyond the current user': [
    currentUserOnly,
    json(v1()),
    { DD_EXPAND: 'rest' },
  ],
};

for (const [scenario, [datadogScript, heygenScript, environment]] of Object.entries(scenarios)) {
  describe(`compiled or not, an operation is answered the same by ${scenario}`, () => {
    let datadog: Upstream;
    let heygen: Upstream;
    let rolecall: Rolecall;
    before(async () => {
      datadog = await startUpstream(datadogScript);
      heygen = await startUpstream(heygenScript);
      rolecall = createRolecallFor(
        { datadog, heygen },
        { HEYGEN_API_VERSION: 'v1', RATE_LIMIT: '0', ...environment },
      );
    });
    after(async () => {
      await datadog[Symbol.asyncDispose]();
      await heygen[Symbol.asyncDispose]();
    });

    for (const each of cases) {
      const name = `${each.operationName ?? ''} ${each.query.replace(/\s+/g, ' ').slice(0, 60)} ${JSON.stringify(each.variables) ?? ''}`;
      test(name, async () => {
        const ask = async () => {
          const response = await rolecall.fetch('http://rolecall.example/graphql', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(each),
          });
          return { status: response.status, body: (await response.json()) as any };
        };
        // The first answers come from the ordinary executor, the last from compiled code.
        const answers = [];
        for (let time = 0; time < TIMES; time += 1) answers.push(await ask());
        const sorted = ({ status, body }: Awaited<ReturnType<typeof ask>>) => ({
          status,
          data: body.data,
          errors: (body.errors ?? []).map((error: unknown) => JSON.stringify(error)).sort(),
        });
        for (const answer of answers.slice(1))
          assert.deepEqual(sorted(answer), sorted(answers[0] as never));
      });
    }
  });
}

test('compiled code asks vendors as the ordinary executor does, also where it is followed by that', async () => {
  await using datadog = await startUpstream(json({ errors: ['Forbidden'] }, 403));
  await using heygen = await startUpstream(text('', 401));
  const rolecall = createRolecallFor({ datadog, heygen });
  for (let time = 1; time <= TIMES; time += 1) {
    await rolecall.query(
      '{ viewer { users { id } datadog { name roles { name } } heygen { id } } }',
    );
    assert.deepEqual([datadog.seen.length, heygen.seen.length], [time, time]);
  }
});
