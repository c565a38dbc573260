import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { serializeResult } from '../src/server/execution/serialize-result.ts';
import { SerializedList, SerializedObject } from '../src/server/execution/serialized-list.ts';

const text = fc.string({ unit: 'binary' });
const leaf = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null), fc.array(text));
const leaves = fc
  .array(fc.dictionary(text, leaf), { minLength: 1, maxLength: 4 })
  .map((objects) => objects.map((object) => new SerializedObject(JSON.stringify(object))));
/** A few objects, repeated many times. */
const list = leaves
  .chain((objects) => fc.array(fc.constantFrom(...objects)))
  .map((objects) => new SerializedList(objects));

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    list,
    fc.constant(undefined),
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')),
    fc.dictionary(text, tie('value'), { noNullPrototype: false }),
    fc.constant(new Date(0)),
  ),
}));

test('a result is written as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(fc.dictionary(text, value), (result) => {
      assert.equal(serializeResult(result).toString(), JSON.stringify(result));
    }),
    { numRuns: 2_000 },
  );
});

test('functions are left out, as JSON.stringify leaves them out', () => {
  assert.equal(
    serializeResult({ data: { a: [] }, stringify: serializeResult }).toString(),
    '{"data":{"a":[]}}',
  );
});
