import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { once } from '../src/lib/once.ts';

describe('a function that is called once', () => {
  test('is not called before its value is wanted', () => {
    once(async () => assert.fail('it was called'));
  });

  for (const [outcome, promise] of [
    ['resolves', Promise.resolve(1)],
    ['rejects', Promise.reject(new Error('refused'))],
  ] as const) {
    test(`gives each caller the same promise where that ${outcome}`, async () => {
      let calls = 0;
      const called = once(() => {
        calls += 1;
        return promise;
      });
      const first = called();
      await Promise.allSettled([first]);
      assert.equal(called(), first);
      assert.equal(calls, 1);
    });
  }
});
