import assert from 'node:assert/strict';
import { after, before, describe, mock, test } from 'node:test';
import { parse } from 'graphql';
import { ListSerializer } from '../src/server/execution/list-serializer.ts';
import { shared } from './fixtures/datadog-users.ts';
import { readConfig } from './support/config.ts';
import { createExecutors } from './support/execution.ts';
import { createRolecallFor, DATADOG_KEYS } from './support/rolecall.ts';
import { json, startUpstream, type Upstream } from './support/upstream.ts';

/** Enough executions for an operation to be compiled, and then executed as compiled code. */
const TIMES = 6;

interface Case {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const IF = 'query ($a: Boolean!, $b: Boolean! = true)';
const NAME = 'fragment C on DatadogUser { name }';
const EITHER = [{ a: true }, { a: false, b: false }];

/** This many selections, repeated with a fragment. */
function selecting(count: number): string {
  const names = (times: number) => 'name '.repeat(times);
  return `{ viewer { datadog { ...N ...N ${names(count - 404)}} } } fragment N on DatadogUser { ${names(200)}}`;
}

const compiled: readonly Case[] = [
  ...EITHER.flatMap((variables) => [
    {
      query: `${IF} { viewer { datadog { name @skip(if: $a) email @include(if: $b) } } }`,
      variables,
    },
    { query: `${IF} { viewer { datadog { id name @skip(if: $a) @include(if: $b) } } }`, variables },
    {
      query: `${IF} { viewer { datadog { x: hasPermission(name: "permission_1") @include(if: $a) roles { id n: name @skip(if: $b) } } } }`,
      variables,
    },
    {
      query: `${IF} { viewer { datadog { ...D roles { id } } d: datadog { ...D } } } fragment D on DatadogUser { title name @skip(if: $a) email @include(if: $b) }`,
      variables,
    },
  ]),
  { query: '{ viewer { datadog { name @include(if: false) } } }' },
  { query: selecting(500) },
  {
    query:
      '{ viewer { datadog { ...C ...C } datadog { ...C name } } } fragment C on DatadogUser { name }',
  },
  {
    query:
      'query ($n: String! = "permission_1") { viewer { datadog { hasPermission(name: $n) } } }',
  },
  {
    query: 'query ($n: String! = "alias") { viewer { datadog { hasPermission(name: $n) } } }',
    variables: { n: 'permission_2' },
  },
];

/** Operations that graphql-jit executes differently without an error. */
const notCompiled: readonly Case[] = [
  ...EITHER.flatMap((variables) => [
    { query: `${IF} { viewer { datadog { ...C @include(if: $a) ...C } } } ${NAME}`, variables },
    {
      query: `${IF} { viewer { users { ...U @include(if: $a) ...U } } } fragment U on User { id }`,
      variables,
    },
    {
      query: `${IF} { viewer { datadog @include(if: $a) { ...C } datadog { email } } } ${NAME}`,
      variables,
    },
    {
      query: `${IF} { viewer { datadog { ... @skip(if: $a) { name } name @skip(if: $b) } } }`,
      variables,
    },
    {
      query: `${IF} { viewer { datadog { name @skip(if: $a) email name @include(if: $b) } } }`,
      variables,
    },
  ]),
  { query: `{ viewer { datadog { ...C @include(if: false) ...C } } } ${NAME}` },
  { query: '{ viewer { datadog @include(if: false) { email } datadog { name } } }' },
  {
    query: 'query ($a: Boolean = true) { viewer { datadog { name @include(if: $a) } } }',
    variables: { a: null },
  },
  {
    query:
      'query ($n: String = "x") { viewer { datadog { permissions(names: ["permission_1", $n]) { id } } } }',
    variables: { n: null },
  },
  // Both paths join to `a_b_x`, which graphql-jit uses to identify fields, so it would read the other field's selection.
  {
    query:
      '{ b_x: viewer { a: datadog { r: roles { id } } } x: viewer { a_b: datadog { r: roles { id name userCount } } } }',
  },
  {
    query:
      '{ x: viewer { a_b: datadog { roles { id name } } } b_x: viewer { a: datadog { roles { id } } } }',
  },
  { query: '{ viewer { datadog { __proto__: name } } }' },
  { query: '{ __type(name: "Role") { name } }' },
  // Compiling more selections would block for too long.
  { query: selecting(501) },
  { query: '{ viewer { datadog { hasPermission(name: "a__b") } } }' },
];

describe('operations with directives and variables have the data and errors of graphql-js each time', () => {
  let datadog: Upstream;
  let executors: ReturnType<typeof createExecutors>;
  before(async () => {
    datadog = await startUpstream(json(shared));
    executors = createExecutors(readConfig({ ...DATADOG_KEYS, DATADOG_API_URL: datadog.url }));
  });
  after(() => datadog[Symbol.asyncDispose]());

  for (const [cases, isCompiled] of [
    [compiled, true],
    [notCompiled, false],
  ] as const) {
    for (const { query, variables } of cases) {
      test(`${isCompiled ? 'compiled' : 'not compiled'}: ${query.slice(0, 200)} ${JSON.stringify(variables ?? {})}`, async () => {
        const document = parse(query);
        const expected = await executors.byGraphqlJs(document, variables);
        for (let time = 1; time <= TIMES; time += 1) {
          const served = await executors.asTheServer(document, variables);
          assert.deepEqual(served, {
            ...expected,
            isCompiled: isCompiled && time >= 3,
            isRepeated: false,
          });
        }
      });
    }
  }
});

test('the server executes what comes often as compiled code', async () => {
  await using datadog = await startUpstream(json(shared));
  const rolecall = createRolecallFor({ datadog });
  const serialize = mock.method(ListSerializer.prototype, 'serialize');
  const counts = [];
  for (let time = 1; time <= 4; time += 1) {
    await rolecall.query('{ viewer { datadog { permissions { name } } } }');
    counts.push(serialize.mock.callCount());
  }
  assert.deepEqual(counts, [0, 0, 1, 2]);
});
