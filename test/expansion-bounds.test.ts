import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RolecallError } from '../src/errors.ts';
import type { Directory } from '../src/providers/datadog/directory.ts';
import { Expansion, type Fetcher } from '../src/providers/datadog/expansion.ts';

const document = {} as Directory;

/** An expansion of so many calls, and what it asks for. */
function createExpansion(limit: number, answer: () => Promise<Directory> = async () => document) {
  const asked: string[] = [];
  const ask = (what: string) => {
    asked.push(what);
    return answer();
  };
  const fetcher: Fetcher = {
    user: (id) => ask(`user ${id}`),
    role: (id) => ask(`role ${id}`),
    permissions: () => ask('permissions'),
  };
  return { expansion: new Expansion(fetcher, limit), asked };
}

describe('an id is asked for', () => {
  test('as a user or as a role', async () => {
    const { expansion, asked } = createExpansion(10);
    assert.equal(await expansion.user('a'), document);
    assert.equal(await expansion.role('a'), document);
    assert.deepEqual(asked, ['user a', 'role a']);
  });

  test('unless it would lead to another path, or fits into none', async () => {
    const { expansion, asked } = createExpansion(10);
    for (const id of ['.', '..', 'x'.repeat(257), '\ud800', 'a\udc00b']) {
      assert.equal(await expansion.user(id), undefined, id);
      assert.equal(await expansion.role(id), undefined, id);
    }
    assert.deepEqual(asked, []);
    for (const id of ['...', '.a', 'x'.repeat(256), '😀']) {
      assert.equal(await expansion.user(id), document, id);
    }
    assert.equal(asked.length, 4);
  });
});

describe('calls of one operation', () => {
  test('are as many as the limit says; beyond it there is an error, told once', async () => {
    const { expansion, asked } = createExpansion(2);
    assert.equal(await expansion.user('a'), document);
    assert.equal(await expansion.role('b'), document);
    const beyond = [await expansion.user('c'), await expansion.permissions()];
    assert.deepEqual(asked, ['user a', 'role b']);
    for (const error of beyond) {
      assert.ok(error instanceof RolecallError);
      assert.equal(error, beyond[0]);
      assert.deepEqual(error.extensions, { code: 'EXPANSION_LIMIT', provider: 'DATADOG' });
      assert.equal(error.isReportedOnce, true);
    }
  });

  test('are none where the limit is 0', async () => {
    const { expansion, asked } = createExpansion(0);
    assert.ok((await expansion.user('a')) instanceof RolecallError);
    assert.deepEqual(asked, []);
  });

  test('for permissions are one, however often they are wanted', async () => {
    const { expansion, asked } = createExpansion(2);
    const wanted = [expansion.permissions(), expansion.permissions()];
    assert.deepEqual(await Promise.all(wanted), [document, document]);
    assert.equal(await expansion.permissions(), document);
    assert.deepEqual(asked, ['permissions']);
  });

  test('are four at a time', async () => {
    const waiting: (() => void)[] = [];
    const { expansion, asked } = createExpansion(
      10,
      () => new Promise((resolve) => waiting.push(() => resolve(document))),
    );
    const calls = Array.from({ length: 6 }, (_, index) => expansion.user(String(index)));
    await Promise.resolve();
    assert.equal(asked.length, 4);
    waiting[0]?.();
    await calls[0];
    assert.equal(asked.length, 5);
    for (const end of waiting) end();
    await calls[4];
    for (const end of waiting) end();
    assert.equal((await Promise.all(calls)).length, 6);
  });
});

describe('a call that fails', () => {
  const failing = (error: Error) => createExpansion(10, () => Promise.reject(error)).expansion;

  test('with UPSTREAM_NOT_FOUND says that there is no such thing', async () => {
    const error = new RolecallError('x', { code: 'UPSTREAM_NOT_FOUND' });
    assert.equal(await failing(error).user('a'), undefined);
  });

  test('with another code gives its error, told once', async () => {
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
