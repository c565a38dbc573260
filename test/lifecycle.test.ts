import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { v1 } from './fixtures/heygen.ts';
import { connect, rawPost } from './support/connection.ts';
import { startProcess } from './support/process.ts';
import { json, type Script, startUpstream } from './support/upstream.ts';

const BODY = JSON.stringify({ query: '{ viewer { heygen { firstName } } }' });
const ANSWER = '{"data":{"viewer":{"heygen":{"firstName":"Ada"}}}}';
const GET_READY = 'GET /ready HTTP/1.1\r\nHost: rolecall.example\r\n\r\n';
const GET_HEALTH = 'GET /health HTTP/1.1\r\nHost: rolecall.example\r\n\r\n';

const answer = json(v1());

/** A vendor that answers only when it is told to. */
async function startHanging() {
  const asked = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const script: Script = (...call) => {
    asked.resolve();
    told.promise.then(() => answer(...call));
  };
  const upstream = await startUpstream(script);
  return Object.assign(upstream, { asked: asked.promise, tell: told.resolve });
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

describe('a drain', { concurrency: 5 }, () => {
  test('turns /ready to 503, lets an operation finish, and ends with 0', async () => {
    await using heygen = await startHanging();
    await using rolecall = startRolecall(heygen);
    const url = await rolecall.listening();
    using kept = await connect(url);
    kept.send(GET_READY);
    assert.match(await kept.receive(/ready\n/), /^HTTP\/1\.1 200 /);
    const operation = post(url);
    await heygen.asked;

    rolecall.child.kill('SIGTERM');
    let ready: string;
    do {
      kept.send(GET_READY);
      ready = await kept.receive(/ready\n/);
    } while (/^HTTP\/1\.1 200 /.test(ready));
    assert.match(ready, /^HTTP\/1\.1 503 /);
    assert.match(ready, /\r\nconnection: close\r\n/i);
    while (await isListening(url)) await delay(10);
    assert.equal(rolecall.child.exitCode, null);

    heygen.tell();
    const response = await operation;
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('connection'), 'close');
    assert.equal(await response.text(), ANSWER);
    assert.equal((await rolecall.exited).code, 0);
  });

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
    await heygen.asked;
    rolecall.child.kill('SIGTERM');
    await assert.rejects(operation);
    assert.equal((await rolecall.exited).code, 0);
  });

  test('takes two signals within a second for one', async () => {
    await using heygen = await startHanging();
    await using rolecall = startRolecall(heygen);
    const operation = post(await rolecall.listening());
    await heygen.asked;
    rolecall.child.kill('SIGINT');
    rolecall.child.kill('SIGTERM');
    await delay(20);
    rolecall.child.kill('SIGINT');
    heygen.tell();
    assert.equal(await (await operation).text(), ANSWER);
    assert.equal((await rolecall.exited).code, 0);
  });

  test('is cut short by a later second signal', async () => {
    await using heygen = await startHanging();
    await using rolecall = startRolecall(heygen, { SHUTDOWN_TIMEOUT_MS: '60000' });
    const operation = post(await rolecall.listening());
    await heygen.asked;
    rolecall.child.kill('SIGTERM');
    await delay(1_300);
    rolecall.child.kill('SIGTERM');
    await assert.rejects(operation);
    assert.equal((await rolecall.exited).code, 1);
  });
});

async function isListening(url: string): Promise<boolean> {
  return connect(url).then(
    (connection) => {
      connection[Symbol.dispose]();
      return true;
    },
    () => false,
  );
}

describe('under load no request is lost', { concurrency: 2 }, () => {
  for (const keepAlive of [true, false]) {
    test(`of clients that ${keepAlive ? 'keep their connection' : 'make a new one each time'}`, async () => {
      await using heygen = await startUpstream((...call) => setTimeout(() => answer(...call), 5));
      await using rolecall = startRolecall(heygen, { RATE_LIMIT: '0' });
      const url = await rolecall.listening();
      const agent = new Agent({ keepAlive, maxSockets: 20 });
      const outcomes = new Map<string, number>();
      const clients = Array.from({ length: 20 }, async () => {
        for (let outcome = ''; outcome !== 'ECONNREFUSED'; ) {
          outcome = await ask(url, agent);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      });
      await delay(500);
      rolecall.child.kill('SIGTERM');
      await Promise.all(clients);
      assert.deepEqual([...outcomes.keys()].sort(), [`200 ${ANSWER}`, 'ECONNREFUSED']);
      assert.equal((await rolecall.exited).code, 0);
    });
  }
});

/** The status and body of the answer, or the code of what went wrong. */
async function ask(url: string, agent: Agent): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  try {
    const [response] = await once(
      request(url, { method: 'POST', agent, headers }).end(BODY),
      'response',
    );
    return `${response.statusCode} ${Buffer.concat(await response.toArray())}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

test('a request that is on its way when the signal comes is answered', async () => {
  await using heygen = await startUpstream(answer);
  await using rolecall = startRolecall(heygen);
  const url = await rolecall.listening();
  using kept = await connect(url);
  const [head = '', ...rest] = rawPost('/graphql', BODY).split(/(?<=\r\n\r\n)/);
  kept.send(head);
  await delay(100);
  rolecall.child.kill('SIGTERM');
  while (await isListening(url)) await delay(10);
  kept.send(rest.join(''));
  assert.match(await kept.closed, /^HTTP\/1\.1 200 .*"Ada"/s);
});
