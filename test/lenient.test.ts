import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RolecallError } from '../src/errors.ts';
import { type Exposed, known, type Lenient, valid } from '../src/schema/lenient.ts';

interface Shape {
  readonly id: string;
  readonly name: Lenient<string>;
  readonly aliases: Lenient<readonly string[]>;
  readonly linked: Lenient<{ readonly ids: readonly string[] }>;
}

const error = new RolecallError('It is not a text.', { code: 'UPSTREAM_INVALID_VALUE' });

/** The type check fails if one of the expected errors does not occur. */
describe('a value that may be invalid', () => {
  const name: Lenient<string> = error as Lenient<string>;

  test('cannot be used as it is', () => {
    // @ts-expect-error: an invalid value has no such member
    assert.equal(name.length, undefined);
    // @ts-expect-error: it is not just a string or null
    const text: string | null = name;
    assert.equal(text, error);
  });

  test('is null where only what is known counts', () => {
    const text: string | null = known(name);
    assert.equal(text, null);
    assert.equal(known('Ada'), 'Ada');
    assert.equal(known(null), null);
  });

  test('is thrown where it must be valid', () => {
    assert.throws(() => valid(name), error);
    assert.equal(valid('Ada'), 'Ada');
    assert.equal(valid(null), null);
  });

  test('is left out of the types of fields that are exposed, and of no others', () => {
    const exposed = (shape: Exposed<Shape>): readonly (string | null)[] => [
      shape.id,
      shape.name,
      ...(shape.aliases ?? []),
      // @ts-expect-error: a resolver must read it with `known` or `valid`
      ...(shape.linked?.ids ?? []),
      ...(known(shape.linked)?.ids ?? []),
    ];
    const shape = { id: '1', name: null, aliases: ['a'], linked: { ids: ['b'] } };
    assert.deepEqual(exposed(shape), ['1', null, 'a', 'b', 'b']);
  });
});
