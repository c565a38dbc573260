import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Document } from '../src/lib/json-api.ts';
import { MALFORMED } from '../src/lib/json-api-linkage.ts';

const identifier = (id: unknown, type = 'roles') => ({ type, id });

/** A JSON:API document for a user with this linkage of `roles`. */
function takeUser(roles: unknown) {
  const user = { type: 'users', id: '1', attributes: { name: 'Ada' }, relationships: { roles } };
  const document = Document.ofOne({ data: { ...user, links: {} } }, 'users');
  const resource = document.take('users', '1');
  assert.ok(resource);
  return { document, resource, user };
}

describe('a resource of a JSON:API document', () => {
  test('is plain data, without what its document does not say of it', () => {
    const { resource, user } = takeUser({ data: [] });
    assert.deepEqual(resource, user);
  });

  test('is found once', () => {
    const { document } = takeUser({ data: [] });
    assert.equal(document.take('users', '1'), undefined);
  });
});

describe('the to-many linkage that a JSON:API document reads', () => {
  const read = (roles: unknown) => {
    const { document, resource } = takeUser(roles);
    return document.toMany(resource, 'roles', 'roles');
  };

  test('has each id once, and passes over other types', () => {
    const data = [identifier('1'), identifier('2'), identifier('1'), identifier('3', 'teams')];
    assert.deepEqual(read({ data }), { ids: ['1', '2'], isWhole: true });
  });

  test('is not whole where an identifier cannot be read', () => {
    assert.deepEqual(read({ data: [identifier('1'), identifier(2)] }), {
      ids: ['1'],
      isWhole: false,
    });
  });

  test('is null where nothing of it can be read, and where it is absent', () => {
    for (const roles of [{ data: [identifier(2)] }, { data: null }, {}, null, undefined]) {
      assert.equal(read(roles), null, JSON.stringify(roles));
    }
  });

  test('is malformed where it is no list', () => {
    for (const roles of [{ data: identifier('1') }, { data: 'roles' }, 'roles', []]) {
      assert.equal(read(roles), MALFORMED, JSON.stringify(roles));
    }
  });

  test('is a list of its own for each resource', () => {
    const roles = { data: [identifier('1', 'permissions')] };
    const included = ['1', '2'].map((id) => ({
      type: 'roles',
      id,
      relationships: { permissions: roles },
    }));
    const document = Document.ofOne({ data: { type: 'users', id: '1' }, included }, 'users');
    const lists = ['1', '2'].map((id) => {
      const role = document.take('roles', id);
      return role && document.toMany(role, 'permissions', 'permissions');
    });
    assert.deepEqual(lists, [
      { ids: ['1'], isWhole: true },
      { ids: ['1'], isWhole: true },
    ]);
  });

  test('of a resource that no document holds is read by the empty one', () => {
    const { resource } = takeUser(undefined);
    assert.equal(Document.empty.toMany(resource, 'roles', 'roles'), null);
  });
});
