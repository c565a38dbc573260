import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findLine, linesOf } from './support/log.ts';
import { startProcess } from './support/process.ts';

const REJECTS = join(import.meta.dirname, 'fixtures/rejects-in-requests.mjs');
const ERROR = 50;
const REQUESTS = 3;

test('rejections that requests leave unhandled are logged and counted, and the process serves on', async () => {
  await using rolecall = startProcess({ SANDBOX: '1', NODE_OPTIONS: `--import=${REJECTS}` });
  const url = await rolecall.listening();
  for (let request = 0; request < REQUESTS; request += 1) {
    const response = await fetch(`${url}?query={__typename}`, {
      headers: { accept: 'application/graphql-response+json' },
    });
    assert.deepEqual(await response.json(), { data: { __typename: 'Query' } });
  }
  await findLine(rolecall, ({ unhandledRejections }) => unhandledRejections === 2 * REQUESTS);
  rolecall.child.kill('SIGTERM');
  const { code, stdout, stderr } = await rolecall.exited;
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const faults = linesOf(stdout).filter(({ level }) => level >= ERROR);
  assert.deepEqual(
    faults.map(({ msg, unhandledRejections }) => [msg, unhandledRejections]),
    Array.from({ length: 2 * REQUESTS }, (_, index) => ['unhandled rejection', index + 1]),
  );
  const kinds = new Set(faults.map(({ fault, at }) => `${fault} ${/^at \S+/.exec(at)?.[0]}`));
  assert.deepEqual([...kinds].sort(), [
    'TypeError at ServerResponse.writeHead',
    'string undefined',
  ]);
  assert.doesNotMatch(stdout, /ada@/);
});
