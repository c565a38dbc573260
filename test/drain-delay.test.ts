import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './support/connection.ts';
import { startProcess } from './support/process.ts';

test('with DRAIN_DELAY_MS, new connections find /ready at 503 before the server stops listening', async () => {
  await using rolecall = startProcess({ DRAIN_DELAY_MS: '60000' });
  const url = await rolecall.listening();
  rolecall.child.kill('SIGTERM');
  let ready: string;
  do {
    using fresh = await connect(url);
    fresh.send('GET /ready HTTP/1.1\r\nHost: rolecall.example\r\n\r\n');
    ready = await fresh.receive(/ready\n/);
  } while (/^HTTP\/1\.1 200 /.test(ready));
  assert.match(ready, /^HTTP\/1\.1 503 /);
  assert.equal(rolecall.child.exitCode, null);
});
