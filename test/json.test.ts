import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJson } from '../src/json.ts';

const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}"]"${'}]'.repeat(depth / 2)}`;

describe('JSON is parsed where it nests 100 deep, and no deeper', () => {
  for (const [size, padding] of [
    ['a small body', ''],
    ['a body of more than 512 KiB', ' '.repeat(600 * 1024)],
  ] as const) {
    test(size, () => {
      const parse = (text: string) => parseJson(Buffer.from(padding + text));
      assert.deepEqual(parse(nested(100)), JSON.parse(nested(100)));
      assert.equal(parse(nested(102)), undefined);
      // Brackets in texts nest nothing.
      const text = JSON.stringify({ text: `\\"${'['.repeat(200)}\\` });
      assert.deepEqual(parse(text), JSON.parse(text));
      assert.equal(parse('{"a":'), undefined);
    });
  }
});
