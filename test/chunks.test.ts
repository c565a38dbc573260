import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Chunks } from '../src/upstream/chunks.ts';
import { startUpstream } from './support/upstream.ts';
import { upstreamOf } from './support/way.ts';

describe('the chunks of a body', () => {
  test('come out as they came, short and long', () => {
    const chunks = new Chunks();
    const lengths = [1, 3, 4095, 4096, 1, 70_000, 0, ...Array(100).fill(1_000), 5_000, 2];
    const expected = lengths.map((length, i) => Buffer.alloc(length, i));
    for (const chunk of expected) chunks.add(chunk);
    const body = Buffer.concat(expected);
    assert.equal(chunks.length, body.length);
    assert.ok(chunks.toBuffer().equals(body));
  });

  test('are copied where they are short, so that nothing else of theirs is kept', () => {
    const source = Buffer.from('abcdef');
    const chunks = new Chunks();
    for (let i = 0; i < source.length; i += 1) chunks.add(source.subarray(i, i + 1));
    source.fill('x', 1);
    assert.equal(chunks.toBuffer().toString(), 'abcdef');
  });

  test('are not copied where there is one', () => {
    const chunk = Buffer.from('abc');
    const chunks = new Chunks();
    chunks.add(chunk);
    assert.equal(chunks.toBuffer(), chunk);
  });

  test('none are an empty body', () => {
    assert.equal(new Chunks().toBuffer().length, 0);
  });
});

describe('the longest body that is accepted', () => {
  const MAX_BYTES = 100_000;
  const text = (length: number) => `"${'x'.repeat(length - 2)}"`;
  const cases = [
    ['as it travels', (body: string) => body, {}],
    ['decoded', gzipSync, { 'content-encoding': 'gzip' }],
  ] as const;

  for (const [name, encode, headers] of cases) {
    test(name, async () => {
      let length = MAX_BYTES;
      await using site = await startUpstream((response) => {
        response.writeHead(200, headers).end(encode(text(length)));
      });
      const { get } = upstreamOf(site, { maxBytes: MAX_BYTES });
      const reading = async () => (await get('a')).readBody();
      assert.deepEqual(await reading(), { json: 'x'.repeat(MAX_BYTES - 2), length: MAX_BYTES });
      length += 1;
      await assert.rejects(reading(), {
        kind: 'invalid',
        message: 'its body is larger than 100000 bytes',
      });
    });
  }
});
