import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startProcess } from './support/process.ts';

const FAILS = join(import.meta.dirname, 'fixtures/fails-to-load.mjs');

test('a package that cannot be loaded is reported before the server listens: one line, and exit 1', async () => {
  await using rolecall = startProcess({
    FAILS_TO_LOAD: 'graphql-jit',
    NODE_OPTIONS: `--import=${FAILS}`,
  });
  await assert.rejects(rolecall.listening(), /ended before/);
  const { code, stderr, stdout } = await rolecall.exited;
  assert.deepEqual(
    { code, stderr, stdout },
    { code: 1, stderr: 'Rolecall cannot start: EMFILE: too many open files\n', stdout: '' },
  );
});
