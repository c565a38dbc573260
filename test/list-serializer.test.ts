import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { markReused } from '../src/schema/reused-list.ts';
import { ListSerializer } from '../src/server/execution/list-serializer.ts';
import type { LeafSelection } from '../src/server/execution/serialized-list.ts';
import { permission, role, userWithRoles } from './fixtures/datadog.ts';
import { createRolecallFor, dataOf } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

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

describe('a list that several responses contain is serialized once', () => {
  const list = [{ id: '1', name: 'One' }];
  const other: LeafSelection = { ...SELECTION, typename: 'Other' };
  const serializeFor = (selection: LeafSelection, objects = list) =>
    new ListSerializer(1_000).serialize(selection, objects);

  test('but not before it is known to be one', () => {
    assert.notEqual(serializeFor(SELECTION), serializeFor(SELECTION));
  });

  test('for the same selection', () => {
    markReused(list);
    const first = serializeFor(SELECTION);
    assert.equal(serializeFor(SELECTION), first);
    assert.match(String(serializeFor(other)?.objects[0]?.json), /"kind":"Other"/);
    // Only the last one is kept.
    assert.notEqual(serializeFor(SELECTION), first);
    assert.deepEqual(serializeFor(SELECTION), first);
  });

  test('and an equal list is another one', () => {
    assert.notEqual(serializeFor(SELECTION, [...list]), serializeFor(SELECTION));
  });
});

test('a list of an unchanged response of Datadog’s is serialized once, and that of a changed one again', async () => {
  const document = (name: string) =>
    userWithRoles([role(1, [permission(1).id])], [permission(1, { name })]);
  let name = 'one';
  await using datadog = await startUpstream((...call) => json(document(name))(...call));
  const rolecall = createRolecallFor({ datadog }, {});
  const serialize = mock.method(ListSerializer.prototype, 'serialize');
  const query = '{ viewer { datadog { roles { permissions { id name } } } } }';
  const namesOf = async () =>
    dataOf(await rolecall.query(query)).viewer.datadog.roles[0].permissions[0].name;
  for (let time = 0; time < 8; time += 1) assert.equal(await namesOf(), 'one');
  const results = serialize.mock.calls.map(({ result }) => result);
  assert.ok(results.length > 3);
  assert.equal(results.at(-1), results.at(-2));
  assert.equal(results.at(-1), results.at(-3));
  name = 'two';
  for (let time = 0; time < 8; time += 1) assert.equal(await namesOf(), 'two');
  serialize.mock.restore();
});
