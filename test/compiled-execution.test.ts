import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { parse, print, separateOperations } from 'graphql';
import { org, userDocument } from './fixtures/datadog.ts';
import { odd, shared } from './fixtures/datadog-users.ts';
import { v1 } from './fixtures/heygen.ts';
import { stopDate } from './support/clock.ts';
import { createRolecallFor, type Rolecall } from './support/rolecall.ts';
import { json, type Script, startUpstream, text, type Upstream } from './support/upstream.ts';

/** Enough executions for an operation to be compiled, and then executed as compiled code. */
const TIMES = 6;

interface Case {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string | undefined;
}

const read = (file: string) => readFileSync(file, 'utf8');

/** All named operations of a file, each sent with the whole file. */
function wholeFile(file: string): readonly Case[] {
  const query = print(parse(read(file)));
  return Object.keys(separateOperations(parse(query))).map((operationName) => ({
    query,
    operationName,
  }));
}

/** All operations of a file in `test/compiled`, each sent alone. */
function operationsIn(file: string): Readonly<Record<string, string>> {
  const each = Object.entries(separateOperations(parse(read(`test/compiled/${file}`))));
  return Object.fromEntries(each.map(([name, document]) => [name, print(document)]));
}

const alone = ['selections.graphql', 'leaves.graphql', 'lists-of-objects.graphql'].flatMap((file) =>
  Object.entries(operationsIn(file)).map(([operationName, query]) => ({ query, operationName })),
);

const variablesOf: Readonly<Record<string, readonly unknown[]>> = {
  FilteredPermissions: [
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
  ],
  HasPermission: [
    undefined,
    { name: null },
    { name: 1 },
    { name: 'alias' },
    { name: ['a'] },
    { name: true },
    { name: '' },
  ],
  PermissionChecks: [
    { names: ['permission_1', 'alias', 'other', 'permission_1', ''] },
    { names: [] },
    {},
    { names: null },
    { names: [null] },
    { names: 'permission_1' },
  ],
  Skipped: [{ skip: true }, { skip: false }, {}, { skip: null }, { skip: 'x' }, { skip: 1 }],
};

const cases: readonly Case[] = [
  ...['schema/operations', 'test/operations'].flatMap((folder) =>
    readdirSync(folder).flatMap((file) => wholeFile(`${folder}/${file}`)),
  ),
  ...alone,
  ...['A', 'B', 'C', undefined].map((operationName) => ({
    query: read('test/compiled/two-operations.graphql'),
    operationName,
  })),
  ...Object.entries(operationsIn('variables.graphql')).flatMap(([operationName, query]) =>
    (variablesOf[operationName] ?? []).map((variables) => ({ query, operationName, variables })),
  ),
];

/** Serves the current user, and refuses all other requests. */
const currentUserOnly: Script = (response, seen, call) =>
  (seen.path.endsWith('/current_user') ? json(odd) : json({ errors: ['Forbidden'] }, 403))(
    response,
    seen,
    call,
  );

const scenarios: Readonly<Record<string, readonly [Script, Script, Record<string, string>?]>> = {
  'vendors that respond well': [json(shared), json(v1())],
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
  describe(`compiled or not, an operation gets the same response from ${scenario}`, () => {
    let datadog: Upstream;
    let heygen: Upstream;
    let rolecall: Rolecall;
    // So that `asOf` is the same each time.
    let date: Disposable;
    before(async () => {
      date = stopDate();
      datadog = await startUpstream(datadogScript);
      heygen = await startUpstream(heygenScript);
      rolecall = createRolecallFor(
        { datadog, heygen },
        { HEYGEN_API_VERSION: 'v1', RATE_LIMIT: '0', ...environment },
      );
    });
    after(async () => {
      date[Symbol.dispose]();
      await datadog[Symbol.asyncDispose]();
      await heygen[Symbol.asyncDispose]();
    });

    for (const each of cases) {
      const { operationName = 'two operations, none of them named', variables } = each;
      const name = [operationName, ...(variables ? [`with ${JSON.stringify(variables)}`] : [])];
      test(name.join(' '), async () => {
        const ask = async () => {
          const response = await rolecall.fetch('http://rolecall.example/graphql', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(each),
          });
          return { status: response.status, body: (await response.json()) as any };
        };
        // The ordinary executor creates the first responses, compiled code the last.
        const responses = [];
        for (let time = 0; time < TIMES; time += 1) responses.push(await ask());
        const sorted = ({ status, body }: Awaited<ReturnType<typeof ask>>) => ({
          status,
          data: body.data,
          errors: (body.errors ?? []).map((error: unknown) => JSON.stringify(error)).sort(),
        });
        for (const response of responses.slice(1))
          assert.deepEqual(sorted(response), sorted(responses[0] as never));
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
