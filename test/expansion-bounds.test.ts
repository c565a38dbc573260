import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RolecallError } from '../src/errors.ts';
import type { Resources } from '../src/providers/datadog/resources.ts';
import { type Fetcher, RestLookup } from '../src/providers/datadog/rest-lookup.ts';

const document = {} as Resources;

/** A lookup that may make this many calls, and the calls that it makes. */
function createLookup(limit: number, respond: () => Promise<Resources> = async () => document) {
  const calls: string[] = [];
  const call = (what: string) => {
    calls.push(what);
    return respond();
  };
  const fetcher: Fetcher = {
    user: (id) => call(`user ${id}`),
    role: (id) => call(`role ${id}`),
    permissions: () => call('permissions'),
  };
  return { lookup: new RestLookup(fetcher, limit), calls };
}

describe('an id is asked for', () => {
  test('as a user or as a role', async () => {
    const { lookup, calls } = createLookup(10);
    assert.equal(await lookup.user('a'), document);
    assert.equal(await lookup.role('a'), document);
    assert.deepEqual(calls, ['user a', 'role a']);
  });

  test('unless it would lead to another path, or fits into none', async () => {
    const { lookup, calls } = createLookup(10);
    for (const id of ['.', '..', 'x'.repeat(257), '\ud800', 'a\udc00b']) {
      assert.equal(await lookup.user(id), undefined, id);
      assert.equal(await lookup.role(id), undefined, id);
    }
    assert.deepEqual(calls, []);
    for (const id of ['...', '.a', 'x'.repeat(256), '😀']) {
      assert.equal(await lookup.user(id), document, id);
    }
    assert.equal(calls.length, 4);
  });
});

describe('calls of one operation', () => {
  test('are made up to the limit; beyond it there is one error', async () => {
    const { lookup, calls } = createLookup(2);
    assert.equal(await lookup.user('a'), document);
    assert.equal(await lookup.role('b'), document);
    const beyond = [await lookup.user('c'), await lookup.permissions()];
    assert.deepEqual(calls, ['user a', 'role b']);
    for (const error of beyond) {
      assert.ok(error instanceof RolecallError);
      assert.equal(error, beyond[0]);
      assert.deepEqual(error.extensions, { code: 'EXPANSION_LIMIT', provider: 'DATADOG' });
      assert.equal(error.isReportedOnce, true);
    }
  });

  test('are none where the limit is 0', async () => {
    const { lookup, calls } = createLookup(0);
    assert.ok((await lookup.user('a')) instanceof RolecallError);
    assert.deepEqual(calls, []);
  });

  test('for permissions are one, however often they are wanted', async () => {
    const { lookup, calls } = createLookup(2);
    const wanted = [lookup.permissions(), lookup.permissions()];
    assert.deepEqual(await Promise.all(wanted), [document, document]);
    assert.equal(await lookup.permissions(), document);
    assert.deepEqual(calls, ['permissions']);
  });

  test('are four at a time', async () => {
    const waiting: (() => void)[] = [];
    const { lookup, calls } = createLookup(
      10,
      () => new Promise((resolve) => waiting.push(() => resolve(document))),
    );
    const lookups = Array.from({ length: 6 }, (_, index) => lookup.user(String(index)));
    await Promise.resolve();
    assert.equal(calls.length, 4);
    waiting[0]?.();
    await lookups[0];
    assert.equal(calls.length, 5);
    for (const end of waiting) end();
    await lookups[4];
    for (const end of waiting) end();
    assert.equal((await Promise.all(lookups)).length, 6);
  });
});

describe('a call that fails', () => {
  const failing = (error: Error) => createLookup(10, () => Promise.reject(error)).lookup;

  test('with UPSTREAM_NOT_FOUND says that there is no such thing', async () => {
    const error = new RolecallError('x', { code: 'UPSTREAM_NOT_FOUND' });
    assert.equal(await failing(error).user('a'), undefined);
  });

  test('with another code gives its error, reported once', async () => {
    const error = new RolecallError('x', { code: 'UPSTREAM_TIMEOUT', provider: 'DATADOG' });
    const given = await failing(error).user('a');
    assert.ok(given instanceof RolecallError);
    assert.equal(given.message, 'x');
    assert.deepEqual(given.extensions, error.extensions);
    assert.equal(given.isReportedOnce, true);
  });

  test('with a fault of another kind hides nothing', async () => {
    const fault = new Error('of our own');
    await assert.rejects(failing(fault).user('a'), fault);
  });
});
