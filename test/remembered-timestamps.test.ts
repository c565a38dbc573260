import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { valueReader } from '../src/providers/value-reader.ts';
import { scalars } from '../src/schema/scalars.ts';

test('a timestamp is parsed once and cached, unless it is too long to be one', () => {
  const { dateTime } = valueReader({ name: 'DATADOG', title: 'Datadog' });
  const { mock: looks } = mock.method(scalars.DateTime, 'parseValue');
  try {
    const timestamp = (length: number) => `2026-07-03T13:37:04.${'5'.repeat(length - 26)}+00:00`;
    for (const [length, expected] of [
      [40, 1],
      [41, 2],
    ] as const) {
      looks.resetCalls();
      for (let i = 0; i < 2; i += 1) {
        assert.equal(dateTime({ at: timestamp(length) }, 'at'), timestamp(length));
      }
      assert.equal(looks.callCount(), expected, `${length} characters`);
    }
  } finally {
    looks.restore();
  }
});
