import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GraphQLError } from 'graphql';
import { RolecallError } from '../src/errors.ts';
import { reportedOnce } from '../src/server/errors/deduplicate.ts';

type Path = readonly (string | number)[];

const failure = (message: string) =>
  new RolecallError(message, { code: 'UPSTREAM_TIMEOUT' }, { isReportedOnce: true });
const at = (path: Path | undefined, originalError?: Error) =>
  new GraphQLError(originalError?.message ?? 'x', { path, originalError });

/** A path as graphql-js links it, from its last key. */
const linked = (path: Path) =>
  path.reduce<object | undefined>((prev, key) => ({ prev, key }), undefined);

/** What becomes of a result, and of partial errors that were met on the way to it. */
function toldOf(result: object, partialErrors: readonly (readonly [RolecallError, Path[]])[] = []) {
  const contextValue = {
    execution: {
      partialErrors: new Map(
        partialErrors.map(([error, paths]) => [error, new Set(paths.map(linked))]),
      ),
    },
  };
  let told = result;
  const hooks: any = reportedOnce.onExecute?.({ args: { contextValue } } as any);
  hooks.onExecuteDone({
    result,
    setResult(set: object) {
      told = set;
    },
  });
  return told as { data?: unknown; errors?: readonly GraphQLError[] };
}

const pathsOf = ({ errors }: { errors?: readonly GraphQLError[] }) =>
  errors?.map(({ path }) => path?.join('.'));

const data = { first: [{ a: null, b: null }, { a: null }], second: { c: null }, third: null };

describe('a failure that many fields met is reported at the first of them', () => {
  const one = failure('one');
  const other = failure('other');

  test('in the order of the response, whatever the order of the errors', () => {
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
        assert.deepEqual(pathsOf(toldOf(result)), [first]);
      }
    }
  });

  test('each failure at its own first, others wherever they are', () => {
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
    const told = toldOf(result);
    assert.deepEqual(told.data, data);
    assert.deepEqual(told.errors, result.errors.slice(2));
  });

  test('in the order of the errors where there is no data', () => {
    const result = { data: null, errors: [at(['b', 0], one), at(['a'], one), at(['b', 0], one)] };
    assert.deepEqual(toldOf(result).errors, result.errors.slice(0, 1));
    assert.equal(toldOf(result).errors?.[0], result.errors[0]);
  });
});

describe('what a failure left out of a field', () => {
  const one = failure('one');

  test('is reported there, with the failure’s message and code', () => {
    const told = toldOf({ data }, [[one, [['second']]]]);
    assert.deepEqual(told.data, data);
    assert.deepEqual(pathsOf(told), ['second']);
    assert.equal(told.errors?.[0]?.message, 'one');
    assert.equal(told.errors?.[0]?.originalError, one);
  });

  test('is reported at the first path that met it', () => {
    const errors = [at(['second', 'c'], one)];
    assert.deepEqual(pathsOf(toldOf({ data, errors }, [[one, [['third'], ['first', 1]]]])), [
      'first.1',
    ]);
    assert.deepEqual(pathsOf(toldOf({ data, errors }, [[one, [['third']]]])), ['second.c']);
  });
});

describe('a result is left as it is', () => {
  test('without errors, or with nothing that is reported twice', () => {
    for (const result of [
      { data },
      { data, errors: [at(['third'], failure('one')), at(['third'], failure('other'))] },
    ]) {
      assert.equal(toldOf(result), result);
    }
  });

  test('that comes in parts', () => {
    const result = { [Symbol.asyncIterator]: () => ({}), errors: [at(['a']), at(['a'])] };
    assert.equal(toldOf(result), result);
  });
});
