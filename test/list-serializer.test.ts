import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ListSerializer } from '../src/server/execution/list-serializer.ts';
import type { LeafSelection } from '../src/server/execution/serialized-list.ts';

const SELECTION: LeafSelection = {
  typename: 'Thing',
  leaves: [
    { responseName: 'kind', name: '__typename', isNonNull: true },
    { responseName: 'key', name: 'id', isNonNull: true },
    { responseName: 'name', name: 'name', isNonNull: false },
  ],
};
const serialize = (list: unknown) => new ListSerializer(1_000).serialize(SELECTION, list);

test('a list is serialized with response names, and with null where a value is missing', () => {
  const bytes = serialize([{ id: '1', name: 'One' }, { id: '2' }])?.objects.map(
    (each) => each.json,
  );
  assert.deepEqual(bytes, [
    '{"kind":"Thing","key":"1","name":"One"}',
    '{"kind":"Thing","key":"2","name":null}',
  ]);
  assert.equal(serialize(null), null);
});

describe('the ordinary executor, which reports the error, takes over where', () => {
  for (const [what, list] of [
    ['a non-null value is null', [{ id: null, name: 'One' }]],
    ['a non-null value is missing', [{ name: 'One' }]],
    ['a value is an error', [{ id: '1', name: new Error('broken') }]],
    ['an object is null', [null]],
    ['an object is an error', [new Error('broken')]],
    ['the list is an object', { id: '1' }],
  ] as const) {
    test(what, () => assert.throws(() => serialize(list)));
  }
});
