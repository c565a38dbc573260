import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { userDocument } from './fixtures/datadog.ts';
import { user } from './fixtures/heygen.ts';
import { findLine, type Line, linesOf } from './support/log.ts';
import { startProcess } from './support/process.ts';
import { json, startUpstream, text, type Upstream } from './support/upstream.ts';

const START = join(import.meta.dirname, '../src/start.mjs');
const QUERY = 'query Who { viewer { users { id } datadog { handle } heygen { id } } }';
const TOKEN = 'fictional-client-token';
const KEYS = {
  DD_API_KEY: 'fictional-api-key',
  DD_APP_KEY: 'fictional-app-key',
  HEYGEN_API_KEY: 'fictional-heygen-key',
};

function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

describe('the log', () => {
  let datadog: Upstream;
  let heygen: Upstream;
  let rolecall: ReturnType<typeof startProcess>;
  let url: string;
  const authorization = { authorization: `Bearer ${TOKEN}` };

  before(async () => {
    datadog = await startUpstream(json(userDocument()));
    heygen = await startUpstream(text('', 503));
    rolecall = startProcess({
      ...KEYS,
      DATADOG_API_URL: datadog.url,
      HEYGEN_API_URL: heygen.url,
      HEYGEN_API_VERSION: 'v1',
      CLIENT_TOKENS: TOKEN,
      LOG_LEVEL: 'info',
    });
    url = await rolecall.listening();
  });
  after(() =>
    Promise.all([rolecall, datadog, heygen].map((each) => each?.[Symbol.asyncDispose]())),
  );

  async function lineOf(response: Response): Promise<Line> {
    await response.text();
    const id = response.headers.get('x-request-id');
    assert.ok(id);
    return findLine(rolecall, (line) => line.requestId === id);
  }

  test('has a line for each operation: its name, the calls to vendors, the errors and the duration', async () => {
    const response = await post(
      url,
      { query: `${QUERY} query Other { viewer { providers } }`, operationName: 'Who' },
      { ...authorization, 'x-request-id': 'a-request-1' },
    );
    assert.equal(response.headers.get('x-request-id'), 'a-request-1');
    const { level, time, durationMs, upstream, providers, ...rest } = await lineOf(response);
    assert.deepEqual(rest, {
      requestId: 'a-request-1',
      operation: 'Who',
      errors: ['UPSTREAM_UNAVAILABLE'],
      msg: 'operation',
    });
    assert.equal(level, 30);
    assert.ok(Math.abs(Date.now() - time) < 60_000);
    assert.ok(durationMs > 0 && durationMs < 60_000);
    assert.deepEqual(providers.sort(), ['DATADOG', 'HEYGEN']);
    const calls = upstream.map(({ durationMs: took, ...call }: Line) => {
      assert.ok(took > 0 && took <= durationMs);
      assert.equal(took, Math.round(took * 10) / 10);
      return call;
    });
    assert.deepEqual(
      calls.sort((a: Line, b: Line) => a.provider.localeCompare(b.provider)),
      [
        { provider: 'DATADOG', status: 200, attempts: 1 },
        { provider: 'HEYGEN', status: 503, attempts: 3 },
      ],
    );
    assert.equal(linesOf(rolecall.stdout()).filter((line) => line.operation === 'Who').length, 1);
  });

  test('has a line for an operation that asks nobody, or is none', async () => {
    const empty = { providers: [], upstream: [] };
    for (const [query, expected] of [
      ['{ viewer { providers } }', { ...empty, errors: [] }],
      ['{ nope }', { ...empty, errors: ['GRAPHQL_VALIDATION_FAILED'] }],
      ['{', { ...empty, errors: ['GRAPHQL_PARSE_FAILED'] }],
    ] as const) {
      const line = await lineOf(await post(url, { query }, authorization));
      assert.equal(line.msg, 'operation');
      const { providers, upstream, errors } = line;
      assert.deepEqual({ providers, upstream, errors }, expected);
    }
  });

  test('has a line for a request that is refused', async () => {
    const query = '{ viewer { providers } }';
    const large = { query, padding: 'x'.repeat(200_000) };
    for (const [response, status, errors] of [
      [await post(url, { query }), 401, ['UNAUTHENTICATED']],
      [await post(url, { query }, { authorization: 'Bearer wrong' }), 401, ['UNAUTHENTICATED']],
      [await post(url, large, authorization), 413, ['BODY_TOO_LARGE']],
      [await post(url, {}, authorization), 200, ['BAD_REQUEST']],
      [await fetch(`${url}?query=${query}`, { headers: authorization }), 403, ['CSRF']],
      [await fetch(new URL('/nowhere', url)), 404, []],
    ] as const) {
      assert.equal(response.status, status);
      const line = await lineOf(response);
      assert.equal(line.status, status, JSON.stringify(line));
      assert.deepEqual(line.errors, errors, JSON.stringify(line));
      assert.ok(line.durationMs >= 0);
    }
  });

  test('is JSON on every line, and names neither persons nor keys', async () => {
    await (await post(url, { query: QUERY }, authorization)).text();
    rolecall.child.kill('SIGTERM');
    const { stdout, stderr, code } = await rolecall.exited;
    assert.equal(code, 0);
    assert.equal(stderr, '');
    const operations = linesOf(stdout).filter((line) => line.operation === 'Who');
    assert.equal(operations.length, 2);
    const { data } = userDocument();
    const { name, email, handle } = data.attributes as Record<string, string>;
    for (const word of [
      ...[name, email, handle, data.id],
      ...Object.values(user),
      ...Object.values(KEYS),
      TOKEN,
    ]) {
      assert.ok(word && !stdout.includes(word), `the log holds ${word}`);
    }
  });
});

test('LOG_LEVEL=silent prints nothing', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await using rolecall = startProcess({ LOG_LEVEL: 'silent', PORT: String(port) });
  const url = `http://127.0.0.1:${port}/graphql`;
  while (!(await fetch(new URL('/ready', url)).catch(() => undefined))?.ok) {
    assert.equal(rolecall.child.exitCode, null);
  }
  assert.equal((await post(url, { query: QUERY })).status, 200);
  assert.equal((await post(url, { query: '{' })).status, 200);
  rolecall.child.kill('SIGTERM');
  const { code, stdout, stderr } = await rolecall.exited;
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
});

test('on a terminal it is written for people', async () => {
  const inTerminal = ['script', '-qefc', `${process.execPath} ${START}`, '/dev/null'];
  await using rolecall = startProcess({ TERM: 'xterm' }, { command: inTerminal });
  const url = stripVTControlCharacters(await rolecall.listening());
  await (await post(url, { query: QUERY }, { 'x-request-id': 'on-terminal' })).text();
  await rolecall.written((text) => /on-terminal.*\r\n/.exec(text) ?? undefined);
  const shown = stripVTControlCharacters(rolecall.stdout());
  assert.notEqual(shown, rolecall.stdout(), 'it has no colours');
  assert.match(shown, /^\*+\r?\nSANDBOX: .* fictional/m);
  assert.match(
    shown,
    /^\[\d\d:\d\d:\d\d\] INFO: operation \{"requestId":"on-terminal","operation":"Who",/m,
  );
});
