import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { buildSchema, parse, validate } from 'graphql';
import { linesOf } from './support/log.ts';
import { type Operation, operationsOf } from './support/operations.ts';
import { startProcess } from './support/process.ts';

const ROOT = join(import.meta.dirname, '..');
const schema = buildSchema(readFileSync(join(ROOT, 'schema/schema.graphql'), 'utf8'));
const operations = operationsOf(schema);
const ERROR = 50;
/** The fields `asOf` tell when the sandbox responded, which differs between requests. */
const STARTED = Date.now();
const withoutNow = (text: string) =>
  text.replace(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (whole, time) =>
    Date.parse(time) >= STARTED ? '"now"' : whole,
  );
/** Enough executions for an operation to be compiled, and then executed as compiled code. */
const TIMES = 4;

describe('generated operations', () => {
  let rolecall: ReturnType<typeof startProcess>;
  let url: string;

  before(async () => {
    rolecall = startProcess({ SANDBOX: '1', RATE_LIMIT: '0' });
    url = await rolecall.listening();
  });
  after(() => rolecall[Symbol.asyncDispose]());

  /** Whatever the request, the response contains no internal error. */
  async function ask(body: string) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
      },
      body,
    });
    const text = withoutNow(await response.text());
    assert.ok(response.status < 500, text);
    assert.ok(!text.includes(ROOT) && !/\\n +at |node:internal/.test(text), text);
    const { data, errors } = JSON.parse(text);
    for (const { message, extensions } of errors ?? []) {
      assert.equal(typeof message, 'string');
      assert.notEqual(extensions?.code, 'INTERNAL');
    }
    return { status: response.status, data, errors };
  }

  test('valid ones are served, without an error and each time the same', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (operation) => {
        assert.deepEqual(validate(schema, parse(operation.query)), []);
        const { status, data, errors } = await ask(JSON.stringify(operation));
        assert.deepEqual({ status, errors }, { status: 200, errors: undefined });
        assert.ok(data);
        // Compiled code creates the last responses, if the operation can be compiled.
        for (let time = 2; time <= TIMES; time += 1) {
          const again = await ask(JSON.stringify(operation));
          assert.deepEqual(again, { status, data, errors });
        }
      }),
      { numRuns: 150, endOnFailure: true },
    );
  });

  test('those with damaged text are served or refused', async () => {
    const damaged = fc
      .tuple(operations, fc.nat(), fc.nat({ max: 12 }), fc.oneof(token, fc.string()))
      .map(([{ query, variables }, place, length, text]) => {
        const at = place % query.length;
        return { query: query.slice(0, at) + text + query.slice(at + length), variables };
      });
    await refusedOrServed(damaged, 150);
  });

  test('random tokens are served or refused', async () => {
    const tokens = fc.array(token, { maxLength: 40 }).map((some) => some.join(' '));
    await refusedOrServed(
      tokens.map((query) => ({ query, variables: {} })),
      100,
    );
  });

  test('odd variables are served or refused', async () => {
    const query = `query($names: [String!], $group: String, $restricted: Boolean, $name: String!) {
      viewer { datadog {
        hasPermission(name: $name)
        permissions(names: $names, groupName: $group, restricted: $restricted) { name }
      } }
    }`;
    const variables = fc.record(
      { names: odd, group: odd, restricted: odd, name: odd, other: odd },
      { requiredKeys: [] },
    );
    const operation = fc.oneof(variables, odd).map((values) => ({ query, variables: values }));
    await refusedOrServed(operation as fc.Arbitrary<Operation>, 100);
  });

  test('odd bodies are served or refused', async () => {
    const parts = { query: odd, variables: odd, operationName: odd, extensions: odd };
    const body = fc.oneof(
      fc.record(parts, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
      fc
        .record({
          ...parts,
          query: fc.constant('query A { __typename } query B { viewer { users { id } } }'),
        })
        .map((value) => JSON.stringify(value)),
      odd.map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => void (await ask(text))),
      { numRuns: 150, endOnFailure: true },
    );
  });

  test('nothing of it is a fault in the log', async () => {
    assert.equal((await fetch(new URL('/health', url))).status, 200);
    rolecall.child.kill('SIGTERM');
    const { code, stdout, stderr } = await rolecall.exited;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const lines = linesOf(stdout);
    assert.ok(lines.length > 600, `${lines.length} lines`);
    assert.deepEqual(
      lines.filter((line) => line.level >= ERROR),
      [],
    );
  });

  async function refusedOrServed(arbitrary: fc.Arbitrary<Operation>, numRuns: number) {
    await fc.assert(
      fc.asyncProperty(arbitrary, async (operation) => void (await ask(JSON.stringify(operation)))),
      { numRuns, endOnFailure: true },
    );
  }
});

const token = fc.oneof(
  fc.constantFrom(
    ...'{ } ( ) [ ] : = ! | & $ @ ... "" """ # on fragment query mutation'.split(' '),
  ),
  fc.constantFrom('subscription', 'viewer', 'datadog', 'roles', 'id', 'User', '__schema', '1e999'),
  fc.constantFrom('"\\u', '-0', 'null', 'true', '\u0000', '\uFEFF', '\uD800', '@include(if: $x)'),
);

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(null, '', 0, [], {}, [[]], [null], 1e308, true, '__proto__'),
  fc.constantFrom<unknown>('x'.repeat(15_000), JSON.parse('{"__proto__":{"a":1},"constructor":1}')),
  fc
    .integer({ min: 100, max: 500 })
    .map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))),
);
