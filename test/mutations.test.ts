import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import * as datadogFixtures from './fixtures/datadog.ts';
import * as heygenFixtures from './fixtures/heygen.ts';
import { EverythingDocument } from './generated/operations.ts';
import { createRolecall, type Rolecall } from './support/rolecall.ts';
import { startUpstream, type Upstream } from './support/upstream.ts';

const RUNS = 250;

type Path = readonly (string | number)[];

/** The path of every value in a body. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

/** The body with the value at this path replaced, or removed if there is no replacement. */
function replaceAt(document: unknown, path: Path, replacement: { value: unknown } | null): unknown {
  const copy = structuredClone(document);
  const parent = path.slice(0, -1).reduce((node: any, key) => node?.[key], copy);
  const key = path.at(-1);
  if (key === undefined) return replacement?.value;
  if (typeof parent !== 'object' || parent === null) return copy;
  if (replacement === null) delete parent[key];
  else parent[key] = replacement.value;
  return copy;
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(
    '',
    0,
    -1,
    1e308,
    true,
    null,
    [],
    {},
    [null],
    { data: null },
    [[]],
    '__proto__',
    'x'.repeat(50_000),
  ),
  fc.string({ unit: 'binary' }),
  fc
    .integer({ min: 150, max: 500 })
    .map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))),
);

function mutationsOf(document: unknown) {
  const mutation = fc.record({
    path: fc.constantFrom(...pathsOf(document)),
    replacement: fc.option(fc.record({ value: odd })),
  });
  return fc
    .array(mutation, { minLength: 1, maxLength: 6 })
    .map((mutations) =>
      mutations.reduce<unknown>(
        (mutated, { path, replacement }) => replaceAt(mutated, path, replacement),
        document,
      ),
    );
}

const PUBLIC_CODES =
  /^(UPSTREAM_(INVALID_VALUE|INVALID_RESPONSE|UNAUTHENTICATED|FORBIDDEN|NOT_FOUND|REJECTED))$/;

describe('documents changed at random never give a crash, an unmasked error or another person’s data', () => {
  /** The body for each key: the changed person's, and that of a bystander who calls at the same time. */
  const bodies = new Map<string, unknown>();
  let vendor: Upstream;
  let rolecall: Rolecall;

  before(async () => {
    vendor = await startUpstream((response, { headers }) => {
      const body = bodies.get(String(headers['dd-api-key'] ?? headers['x-api-key']));
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(body) ?? '');
    });
    rolecall = createRolecall({
      CREDENTIALS: 'request',
      DATADOG_API_URL: vendor.url,
      HEYGEN_API_URL: vendor.url,
      HEYGEN_API_VERSION: 'v1',
    });
  });
  after(() => vendor[Symbol.asyncDispose]());

  async function assertServed(name: string) {
    const ask = (key: string) =>
      rolecall.query(EverythingDocument, {
        headers: {
          'DD-API-KEY': key,
          'DD-APPLICATION-KEY': key,
          'X-HeyGen-Api-Key': `heygen-${key}`,
        },
      });
    const [changed, bystander] = await Promise.all([ask('changed'), ask('bystander')]);

    assert.equal(changed.status, 200);
    for (const { message, extensions, path } of changed.errors ?? []) {
      assert.match(String(extensions?.['code']), PUBLIC_CODES, `${path?.join('.')}: ${message}`);
      assert.match(message, /^(Datadog|HeyGen) /);
    }
    assert.doesNotMatch(JSON.stringify(changed.data), /bystander/);
    assert.equal(bystander.errors, undefined);
    assert.equal(bystander.data?.viewer.datadog?.name, 'The bystander');
    assert.equal(bystander.data?.viewer.heygen?.firstName, 'The bystander');
    assert.doesNotMatch(JSON.stringify(bystander.data), new RegExp(name));
    assert.equal(Object.keys(Object.prototype).length, 0);
  }

  const person = datadogFixtures.userWithRoles(
    [
      datadogFixtures.role(
        1,
        [1, 2].map((index) => datadogFixtures.uuid(4, index)),
      ),
      datadogFixtures.role(2, [datadogFixtures.uuid(4, 2)]),
    ],
    [1, 2].map((index) => datadogFixtures.permission(index)),
  );
  const flat = heygenFixtures.v1();

  before(() => {
    bodies.set(
      'bystander',
      datadogFixtures.userDocument({ attributes: { name: 'The bystander' } }),
    );
    bodies.set(
      'heygen-bystander',
      heygenFixtures.v1({ ...heygenFixtures.user, first_name: 'The bystander' }),
    );
  });

  test('Datadog', async () => {
    bodies.set('heygen-changed', flat);
    await fc.assert(
      fc.asyncProperty(mutationsOf(person), async (mutated) => {
        bodies.set('changed', mutated);
        await assertServed('permission_1');
      }),
      { numRuns: RUNS },
    );
  });

  test('HeyGen', async () => {
    bodies.set('changed', person);
    await fc.assert(
      fc.asyncProperty(mutationsOf(flat), async (mutated) => {
        bodies.set('heygen-changed', mutated);
        await assertServed('permission_1');
      }),
      { numRuns: RUNS },
    );
  });
});
