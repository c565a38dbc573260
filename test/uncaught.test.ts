import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startProcess } from './support/process.ts';

const FAILS = join(import.meta.dirname, 'fixtures/fails-later.mjs');

describe('a fault that nobody catches', { concurrency: 2 }, () => {
  for (const FAILS_WITH of ['throw', 'reject']) {
    test(`${FAILS_WITH}: one line, and exit 1`, async () => {
      const options = { FAILS_WITH, NODE_OPTIONS: `--import=${FAILS}` };
      const { code, stderr } = await startProcess(options).exited;
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Rolecall stopped after an unexpected error: TypeError: a fault in two lines \(at .*\)\n$/,
      );
    });
  }
});
