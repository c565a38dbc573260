import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { countSelections } from '../src/server/guards/document-size.ts';
import { odd, shared } from './fixtures/datadog-users.ts';
import { v1 } from './fixtures/heygen.ts';
import { stopDate } from './support/clock.ts';
import { readConfig } from './support/config.ts';
import { createExecutors } from './support/execution.ts';
import { mergingOperationsOf } from './support/merging-operations.ts';
import { DATADOG_KEYS, HEYGEN_KEY } from './support/rolecall.ts';
import { json, type Script, startUpstream, type Upstream } from './support/upstream.ts';

/** Enough executions for an operation to be compiled, and then executed as compiled code. */
const TIMES = 6;
const COMPILED_FROM = 3;
/** Operations with more selections, fragments expanded, are never compiled. */
const MAX_COMPILED_SELECTIONS = 500;
const RUNS = Number(process.env['RUNS'] ?? 40);
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

const scenarios: Readonly<Record<string, readonly [Script, Script]>> = {
  'vendors that respond well': [json(shared), json(v1())],
  'documents with odd values': [json(odd), json(v1({ username: 'u', email: 'nonsense' }))],
  'a failing Datadog': [json({ errors: ['Forbidden'] }, 403), json(v1())],
  'a failing HeyGen': [json(shared), json({ message: 'no' }, 401)],
};

for (const [scenario, [datadogScript, heygenScript]] of Object.entries(scenarios)) {
  describe(`generated operations have the data and errors of graphql-js each time, with ${scenario}`, () => {
    let datadog: Upstream;
    let heygen: Upstream;
    let executors: ReturnType<typeof createExecutors>;
    // So that `asOf` is the same each time.
    let date: Disposable;
    before(async () => {
      date = stopDate();
      datadog = await startUpstream(datadogScript);
      heygen = await startUpstream(heygenScript);
      const config = readConfig({
        ...DATADOG_KEYS,
        ...HEYGEN_KEY,
        DATADOG_API_URL: datadog.url,
        HEYGEN_API_URL: heygen.url,
        HEYGEN_API_VERSION: 'v1',
      });
      executors = createExecutors(config);
    });
    after(async () => {
      date[Symbol.dispose]();
      await datadog[Symbol.asyncDispose]();
      await heygen[Symbol.asyncDispose]();
    });

    for (const isPlain of [true, false]) {
      test(`${isPlain ? 'plain ones, compiled' : 'ones that must not be compiled among them'}, seed ${seed}`, async () => {
        let compiled = 0;
        let notPlain = 0;
        let large = 0;
        await fc.assert(
          fc.asyncProperty(mergingOperationsOf(executors.schema, isPlain), async (operation) => {
            const document = parse(operation.query);
            assert.deepEqual(validate(executors.schema, document), []);
            const isLarge = countSelections(document) > MAX_COMPILED_SELECTIONS;
            const mustCompile = operation.isPlain && !isLarge;
            const expected = await executors.byGraphqlJs(document, operation.variables);
            for (let time = 1; time <= TIMES; time += 1) {
              const { isCompiled, isRepeated, ...executed } = await executors.asTheServer(
                document,
                operation.variables,
              );
              assert.deepEqual(executed, expected, `${time}. time`);
              assert.equal(isCompiled, mustCompile && time >= COMPILED_FROM);
              // A result without errors is served as compiled code returned it.
              if (expected.errors.length === 0) assert.equal(isRepeated, false);
            }
            if (mustCompile) compiled += 1;
            else if (operation.isPlain) large += 1;
            else notPlain += 1;
          }),
          // Shrinking a generated operation does not end. The seed reproduces it.
          { numRuns: RUNS, seed, endOnFailure: true },
        );
        assert.equal(compiled + large + notPlain, RUNS);
        if (isPlain) assert.ok(compiled >= RUNS / 2, `${compiled} of ${RUNS} were compiled`);
        else assert.ok(notPlain >= RUNS / 3, `${notPlain}`);
      });
    }
  });
}
