import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { v1 } from './fixtures/heygen.ts';
import { connect, stoppedListening } from './support/connection.ts';
import { startProcess } from './support/process.ts';
import { json, type Script, startUpstream } from './support/upstream.ts';

const BODY = JSON.stringify({ query: '{ viewer { heygen { firstName } } }' });
const RESPONSE = '{"data":{"viewer":{"heygen":{"firstName":"Ada"}}}}';
const GET_HEALTH = 'GET /health HTTP/1.1\r\nHost: rolecall.example\r\n\r\n';

const respond = json(v1());

/** A vendor that responds only after `release` is called. */
async function startHanging() {
  const called = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const script: Script = (...call) => {
    called.resolve();
    released.promise.then(() => respond(...call));
  };
  const upstream = await startUpstream(script);
  return Object.assign(upstream, { called: called.promise, release: released.resolve });
}

function startRolecall(upstream: { url: string }, environment: Record<string, string> = {}) {
  return startProcess({
    HEYGEN_API_KEY: 'fictional-key',
    HEYGEN_API_URL: upstream.url,
    HEYGEN_API_VERSION: 'v1',
    UPSTREAM_TIMEOUT_MS: '60000',
    UPSTREAM_DEADLINE_MS: '60000',
    ...environment,
  });
}

function post(url: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
  });
}

describe('a drain', { concurrency: 2 }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`on ${signal} lets an operation finish, and ends with 0`, async () => {
      await using heygen = await startHanging();
      await using rolecall = startRolecall(heygen);
      const url = await rolecall.listening();
      const operation = post(url);
      await heygen.called;

      rolecall.child.kill(signal);
      await stoppedListening(url);
      assert.equal(rolecall.child.exitCode, null);

      heygen.release();
      const response = await operation;
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('connection'), 'close');
      assert.equal(await response.text(), RESPONSE);
      assert.equal((await rolecall.exited).code, 0);
    });
  }

  test('closes connections that are idle, say nothing, or half of something', async () => {
    await using rolecall = startProcess({ SHUTDOWN_TIMEOUT_MS: '60000' });
    const url = await rolecall.listening();
    using idle = await connect(url);
    idle.send(GET_HEALTH);
    await idle.receive(/ok\n/);
    using silent = await connect(url);
    using half = await connect(url);
    half.send(GET_HEALTH.slice(0, -2));
    rolecall.child.kill('SIGTERM');
    assert.deepEqual(await Promise.all([idle, silent, half].map(({ closed }) => closed)), [
      '',
      '',
      '',
    ]);
    assert.equal((await rolecall.exited).code, 0);
  });

  test('ends after SHUTDOWN_TIMEOUT_MS, whatever is under way', async () => {
    await using heygen = await startHanging();
    await using rolecall = startRolecall(heygen, { SHUTDOWN_TIMEOUT_MS: '300' });
    const operation = post(await rolecall.listening());
    await heygen.called;
    rolecall.child.kill('SIGTERM');
    await assert.rejects(operation);
    assert.equal((await rolecall.exited).code, 0);
  });

  test('is cut short by a second signal after more than a second', async (context) => {
    await using heygen = await startHanging();
    await using rolecall = startRolecall(heygen, { SHUTDOWN_TIMEOUT_MS: '60000' });
    const operation = post(await rolecall.listening());
    await heygen.called;
    // Signals within the first second count as one.
    const timer = setInterval(() => rolecall.child.kill('SIGTERM'), 100);
    context.after(() => clearInterval(timer));
    await assert.rejects(operation);
    assert.equal((await rolecall.exited).code, 1);
  });
});
