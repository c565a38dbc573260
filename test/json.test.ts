import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { parseJson } from '../src/lib/json.ts';

const parse = (text: string) => parseJson(Buffer.from(text));
const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('JSON is parsed where it nests 100 deep, and no deeper', () => {
  const many = '[],'.repeat(20_000);
  const long = `"${'x'.repeat(300_000)}",`;
  for (const [name, wrap] of [
    ['few lists', (text: string) => `[${text}]`],
    ['many lists', (text: string) => `[${many}${text}]`],
    ['a long text', (text: string) => `[${long}${text}]`],
  ] as const) {
    test(name, () => {
      for (const nested of [lists, objects]) {
        const text = wrap(nested(99));
        assert.deepEqual(parse(text), JSON.parse(text));
        assert.equal(parse(wrap(nested(100))), undefined);
      }
    });
  }

  test('brackets in texts nest nothing', () => {
    const text = JSON.stringify({ text: `\\"${'['.repeat(20_000)}\\`, other: '"' });
    assert.deepEqual(parse(text), JSON.parse(text));
  });

  test('masses of nested lists are refused unparsed', () => {
    const { mock: parsing } = mock.method(JSON, 'parse');
    try {
      assert.equal(parse(lists(20_000)), undefined);
      assert.equal(parsing.callCount(), 0);
    } finally {
      parsing.restore();
    }
  });

  test('more values than any document holds are refused unparsed', () => {
    const list = (length: number) => `[${Array(length).fill('{"a":1}').join(',')}]`;
    const MARKS_EACH = 3;
    const most = Math.floor((256 * 1024) / MARKS_EACH);
    assert.deepEqual(parse(list(most)), JSON.parse(list(most)));
    const { mock: parsing } = mock.method(JSON, 'parse');
    try {
      // Not `assert.equal`, whose message would contain everything that was parsed.
      assert.ok(parse(list(most + 1)) === undefined);
      for (const value of ['[]', '{}', '1', '""']) {
        assert.ok(parse(`[${`${value},`.repeat(300_000)}1]`) === undefined);
      }
      assert.equal(parsing.callCount(), 0);
    } finally {
      parsing.restore();
    }
  });

  test('what is no JSON', () => {
    for (const text of ['', '{"a":', '['.repeat(20_000), `${many}[`]) {
      assert.equal(parse(text), undefined);
    }
  });
});
