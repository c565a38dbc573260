import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { HttpServer } from '../src/process/http/server.ts';
import { connect } from './support/connection.ts';
import { startListening } from './support/http-server.ts';
import { startProcess } from './support/process.ts';

const rolecall = startProcess({ NODE_ENV: 'development' });
let url: string;
before(async () => {
  url = await rolecall.listening();
});
after(() => rolecall[Symbol.asyncDispose]());

describe('HTTP', { concurrency: 4 }, () => {
  const MINUTE_MS = 60_000;
  const listening = (headersMs: number, requestMs: number) =>
    startListening(
      (request, response) => request.on('end', () => response.end('whole')).resume(),
      {},
      { headersMs, requestMs, keepAliveMs: MINUTE_MS },
    );

  async function assertClosed(server: HttpServer, start: string, drip: string) {
    using slow = await connect(`http://127.0.0.1:${server.port}`);
    slow.send(start);
    const timer = setInterval(() => slow.send(drip), 50);
    after(() => clearInterval(timer));
    const response = await slow.closed;
    clearInterval(timer);
    await server.drain({ delayMs: 0, timeoutMs: 0 });
    assert.match(response, /^HTTP\/1\.1 408 /);
  }
  const HEAD = 'POST /graphql HTTP/1.1\r\nHost: rolecall.example\r\n';

  test('slow POST: headers without end', async () =>
    assertClosed(await listening(300, MINUTE_MS), HEAD, 'X-Drip: 1\r\n'));

  test('slow POST: a body without end', async () =>
    assertClosed(await listening(300, 600), `${HEAD}Content-Length: 100000\r\n\r\n`, 'x'));

  test('slow POST: chunks without end', async () =>
    assertClosed(
      await listening(300, 600),
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n`,
      '1\r\nx\r\n',
    ));

  test('slow POST: nothing at all', async () =>
    assertClosed(await listening(300, MINUTE_MS), '', ''));

  test('oversize headers', async () => {
    for (const header of [
      `X-Large: ${'x'.repeat(20_000)}`,
      Array.from({ length: 3_000 }, (_, i) => `X-${i}: x`).join('\r\n'),
    ]) {
      using connection = await connect(url);
      connection.send(`GET /health HTTP/1.1\r\nHost: rolecall.example\r\n${header}\r\n\r\n`);
      assert.match(await connection.closed, /^HTTP\/1\.1 431 /);
    }
  });

  for (const [name, request] of Object.entries({
    'no HTTP at all': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n',
    'no Host': 'GET /health HTTP/1.1\r\n\r\n',
    'two Hosts': 'GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'one Host twice': 'GET /health HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n',
    'a Host that is none': 'GET /health HTTP/1.1\r\nHost: [\r\n\r\n',
    'a port that is none': 'GET /health HTTP/1.1\r\nHost: a:99999\r\n\r\n',
    'a target that is none': 'GET http://[ HTTP/1.1\r\nHost: a:80\r\n\r\n',
    'a header without a name': 'GET /health HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n',
    'two lengths':
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
    'a length, and chunks':
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a chunk without a length':
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nno\r\n',
  })) {
    test(`malformed: ${name}`, async () => {
      using connection = await connect(url);
      connection.send(request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
      const response = await connection.closed;
      assert.match(response, /^HTTP\/1\.1 400 /);
      assert.doesNotMatch(response, /Error|\.js|node/);
      assert.equal((await fetch(new URL('/health', url))).status, 200);
    });
  }
});
