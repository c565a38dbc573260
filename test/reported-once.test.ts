import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSchema, GraphQLError, type ResponsePath } from 'graphql';
import { RolecallError } from '../src/errors.ts';
import { reportedOnce } from '../src/server/errors/deduplicate.ts';
import type { ServerPlugin } from '../src/server/plugin.ts';
import { createEndpoint } from './support/endpoint.ts';

type Path = readonly (string | number)[];

const schema = buildSchema('type Query { field: String }');

const failure = (message: string) =>
  new RolecallError(message, { code: 'UPSTREAM_TIMEOUT' }, { isReportedOnce: true });
const at = (path: Path | undefined, originalError?: Error) =>
  new GraphQLError(originalError?.message ?? 'x', { path, originalError });

/** A path as graphql-js links it, from its last key. */
const linked = (path: Path) =>
  path.reduce<ResponsePath | undefined>(
    (prev, key) => ({ prev, key, typename: undefined }),
    undefined,
  );

/** Takes the place of resolvers: notes these partial errors and returns this result. */
const executedWith = (
  result: object,
  partialErrors: readonly (readonly [RolecallError, Path[]])[],
): ServerPlugin => ({
  onExecute({ args: { contextValue }, setExecuteFn }) {
    setExecuteFn(() => {
      for (const [failure, paths] of partialErrors) {
        contextValue.execution.partialErrors.set(
          failure,
          new Set(paths.map(linked).filter((path) => path !== undefined)),
        );
      }
      return result;
    });
  },
});

/** What an endpoint makes of this result and these partial errors. */
async function reportedOf(
  result: object,
  partialErrors: readonly (readonly [RolecallError, Path[]])[] = [],
) {
  let reported: unknown;
  const last: ServerPlugin = {
    onExecute: () => ({
      onExecuteDone(done) {
        reported = done.result;
      },
    }),
  };
  const plugins = [executedWith(result, partialErrors), reportedOnce, last];
  await createEndpoint(schema, plugins).post({ query: '{ __typename }' });
  return reported as { data?: unknown; errors?: readonly GraphQLError[] };
}

const pathsOf = ({ errors }: { errors?: readonly GraphQLError[] }) =>
  errors?.map(({ path }) => path?.join('.'));

const data = { first: [{ a: null, b: null }, { a: null }], second: { c: null }, third: null };

describe('a failure that many fields met is reported at the first of them', () => {
  const one = failure('one');
  const other = failure('other');

  test('in the order of the response, whatever the order of the errors', async () => {
    for (const [paths, first] of [
      [[['third'], ['first', 1, 'a'], ['second', 'c']], 'first.1.a'],
      [
        [
          ['first', 1, 'a'],
          ['first', 0, 'b'],
        ],
        'first.0.b',
      ],
      [
        [
          ['first', 0, 'b'],
          ['first', 0, 'a'],
        ],
        'first.0.a',
      ],
      [[['second', 'c'], ['third']], 'second.c'],
      [[['third'], ['third']], 'third'],
    ] as const) {
      for (const order of [paths, [...paths].reverse()]) {
        const result = { data, errors: order.map((path) => at(path, one)) };
        assert.deepEqual(pathsOf(await reportedOf(result)), [first]);
      }
    }
  });

  test('each failure at its own first, others wherever they are', async () => {
    const plain = new RolecallError('plain', { code: 'UPSTREAM_TIMEOUT' });
    const result = {
      data,
      errors: [
        at(['third'], one),
        at(['third'], other),
        at(['second', 'c'], plain),
        at(['third'], plain),
        at(['first', 0, 'a'], one),
        at(['first', 0, 'a'], other),
        at(['third']),
        at(['third']),
      ],
    };
    const reported = await reportedOf(result);
    assert.deepEqual(reported.data, data);
    assert.deepEqual(reported.errors, result.errors.slice(2));
  });

  test('in the order of the errors where there is no data', async () => {
    const result = { data: null, errors: [at(['b', 0], one), at(['a'], one), at(['b', 0], one)] };
    assert.deepEqual((await reportedOf(result)).errors, result.errors.slice(0, 1));
    assert.equal((await reportedOf(result)).errors?.[0], result.errors[0]);
  });
});

describe('what a failure left out of a field', () => {
  const one = failure('one');

  test('is reported there, with the failure’s message and code', async () => {
    const reported = await reportedOf({ data }, [[one, [['second']]]]);
    assert.deepEqual(reported.data, data);
    assert.deepEqual(pathsOf(reported), ['second']);
    assert.equal(reported.errors?.[0]?.message, 'one');
    assert.equal(reported.errors?.[0]?.originalError, one);
  });

  test('is reported at the first path that met it', async () => {
    const errors = [at(['second', 'c'], one)];
    assert.deepEqual(
      pathsOf(await reportedOf({ data, errors }, [[one, [['third'], ['first', 1]]]])),
      ['first.1'],
    );
    assert.deepEqual(pathsOf(await reportedOf({ data, errors }, [[one, [['third']]]])), [
      'second.c',
    ]);
  });
});

describe('a result is left as it is', () => {
  test('without errors, or with nothing that is reported twice', async () => {
    for (const result of [
      { data },
      { data, errors: [at(['third'], failure('one')), at(['third'], failure('other'))] },
    ]) {
      assert.equal(await reportedOf(result), result);
    }
  });

  test('that comes in parts', async () => {
    const one = failure('one');
    const errors = [at(['a'], one), at(['a'], one)];
    const result = { [Symbol.asyncIterator]: () => ({}), errors };
    assert.equal(await reportedOf(result), result);
  });
});
