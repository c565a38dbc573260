import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { describe, test } from 'node:test';
import { readConfig } from './support/config.ts';
import { connect, rawPost } from './support/connection.ts';
import { startListening } from './support/http-server.ts';
import { findLine } from './support/log.ts';
import { startProcess } from './support/process.ts';
import { createTestServer } from './support/rolecall.ts';

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const HOUR_MS = 3_600_000;

describe('MAX_CONNECTIONS', { concurrency: 2 }, () => {
  test('refuses what is beyond, and takes others again once there is room', async () => {
    await using rolecall = startProcess({ MAX_CONNECTIONS: '3' });
    const url = await rolecall.listening();
    const open = [await connect(url), await connect(url), await connect(url)];
    for (const connection of open) {
      connection.send(GET('/health'));
      assert.match(await connection.receive(/ok\n/), /^HTTP\/1\.1 200 /);
    }
    for (let index = 0; index < 5; index += 1) {
      using refused = await connect(url);
      refused.send(GET('/health'));
      assert.equal(await refused.closed, '');
    }
    const { msg, level } = await findLine(rolecall, (line) => /refused/.test(line.msg));
    assert.equal(msg, 'A connection was refused: 3 are open (MAX_CONNECTIONS).');
    assert.equal(level, 40);
    assert.equal(rolecall.stdout().match(/was refused/g)?.length, 1);

    for (const connection of open) connection[Symbol.dispose]();
    let received = '';
    while (received === '') {
      using next = await connect(url);
      next.send(GET('/health').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      received = await next.closed;
    }
    assert.match(received, /^HTTP\/1\.1 200 /);
  });

  test('is lowered to half of the file descriptors, and the log says so', async () => {
    const START = new URL('../src/start.mjs', import.meta.url).pathname;
    const script = `ulimit -n 90 && exec "${process.execPath}" "${START}"`;
    await using rolecall = startProcess({}, { command: ['/bin/sh', '-c', script] });
    const url = await rolecall.listening();
    const { level } = await findLine(rolecall, (line) =>
      line.msg.startsWith('MAX_CONNECTIONS is lowered from 10000 to 45: '),
    );
    assert.equal(level, 40);
    const sockets = Array.from({ length: 100 }, () =>
      connectSocket(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
    );
    const closed = sockets.map((socket) => once(socket.resume(), 'close'));
    // The connections beyond the limit are closed at once.
    for (let count = 0; count < 55; count += 1) {
      const index = await Promise.race(closed.map((each, at) => each.then(() => at)));
      closed.splice(index, 1);
    }
    for (const socket of sockets) socket.destroy();
    // Enough file descriptors are left for calls to vendors, so requests are still served.
    const query = { query: '{ viewer { heygen { firstName } } }' };
    let body = '';
    while (!body.includes('Robin')) {
      using caller = await connect(url);
      caller.send(rawPost('/graphql', JSON.stringify(query), { connection: 'close' }));
      body = await caller.closed;
    }
    assert.equal(rolecall.child.exitCode, null);
  });
});

describe('requests sent ahead of their responses', () => {
  test('are served one after another, in their order', async () => {
    const served: string[] = [];
    const finish: (() => void)[] = [];
    await using server = await startListening(({ url = '' }, response) => {
      served.push(url);
      finish.push(() => response.end(url));
    });
    using caller = await connect(server.url);
    caller.send(GET('/1') + GET('/2') + GET('/3'));
    for (const count of [1, 2, 3]) {
      while (served.length < count) await new Promise(setImmediate);
      // The next request does not start before this one has ended.
      await new Promise(setImmediate);
      assert.equal(served.length, count);
      finish[count - 1]?.();
      await caller.receive(new RegExp(`/${count}$`));
    }
    assert.deepEqual(served, ['/1', '/2', '/3']);
  });

  for (const [name, request] of Object.entries({
    GET: `GET /graphql?query={__typename} HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n`,
    POST: rawPost('/graphql', '{"query":"{__typename}"}'),
  })) {
    test(`are cut with their connection beyond sixteen: ${name}`, async () => {
      const { listener } = createTestServer(readConfig({ RATE_LIMIT: '0' }));
      let served = 0;
      await using server = await startListening((...call) => {
        served += 1;
        listener(...call);
      });
      using caller = await connect(server.url);
      caller.send(request.repeat(1_000));
      await caller.closed;
      // Each turn of the event loop serves one request, but many more arrive in a turn.
      assert.ok(served < 16, `${served} served`);
    });
  }

  test('up to sixteen are all served', async () => {
    await using server = await startListening(({ url }, response) => response.end(url));
    using caller = await connect(server.url);
    caller.send(Array.from({ length: 16 }, (_, index) => GET(`/${index}`)).join(''));
    const received = await caller.receive(/\/15$/);
    assert.equal(received.match(/HTTP\/1\.1 200 OK/g)?.length, 16);
  });
});

describe('a response that is complete before its request', { concurrency: 4 }, () => {
  const { listener } = createTestServer(readConfig({ CLIENT_TOKENS: 'a-token-of-some-length' }));
  const authorization = 'Bearer a-token-of-some-length';
  const LONG = 1024 ** 3;

  for (const [name, status, headers] of [
    ['a body that is too large', 413, { authorization, 'content-length': String(LONG) }],
    ['a caller without a token', 401, { 'content-length': '70000' }],
    [
      'a body that is no JSON',
      415,
      { authorization, 'content-length': '70000', 'content-type': 'text/plain' },
    ],
  ] as const) {
    test(`${name}: ${status}, and the connection is closed`, async () => {
      await using server = await startListening(listener, {}, { requestMs: HOUR_MS, lingerMs: 50 });
      using caller = await connect(server.url);
      caller.send(rawPost('/graphql', 'x', headers));
      const received = await caller.closed;
      assert.match(received, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.match(received, /\r\nconnection: close\r\n/i);
      assert.match(received, /"code":/);
    });
  }

  test('chunks that are too many: 413, and the connection is closed', async () => {
    await using server = await startListening(listener, {}, { requestMs: HOUR_MS, lingerMs: 50 });
    using caller = await connect(server.url);
    const chunked = { authorization, 'transfer-encoding': 'chunked' };
    caller.send(rawPost('/graphql', '', chunked).replace('content-length: 0\r\n', ''));
    caller.send(`fffff\r\n${'x'.repeat(0xfffff)}\r\n`);
    const received = await caller.closed;
    assert.match(received, /^HTTP\/1\.1 413 .*"code":"BODY_TOO_LARGE"/s);
  });

  test('reaches a client that sends its whole body before it reads', async () => {
    await using server = await startListening(listener, {}, { requestMs: HOUR_MS });
    const body = 'x'.repeat(32 * 1024 ** 2);
    using caller = await connect(server.url);
    caller.send(rawPost('/graphql', body, { authorization }));
    const received = await caller.closed;
    assert.match(received, /^HTTP\/1\.1 413 .*"code":"BODY_TOO_LARGE"/s);
  });

  test('of a short request: the connection is kept', async () => {
    await using server = await startListening(listener);
    using caller = await connect(server.url);
    for (let index = 0; index < 2; index += 1) {
      caller.send(rawPost('/graphql', '{"query":"{__typename}"}'));
      assert.match(await caller.receive(/"code":"UNAUTHENTICATED".*\}$/s), /^HTTP\/1\.1 401 /);
    }
  });
});
