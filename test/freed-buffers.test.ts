import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { freeBuffer } from '../src/lib/free-buffer.ts';
import { toResponse } from '../src/upstream/response.ts';
import { permission, role, userWithRoles } from './fixtures/datadog.ts';
import { readConfig } from './support/config.ts';
import { createTestServer, DATADOG_KEYS } from './support/rolecall.ts';
import { json, startUpstream } from './support/upstream.ts';

const MEGABYTE = 1024 ** 2;

/** Twenty roles that grant the same 1,000 permissions. */
function largeDocument() {
  const permissions = Array.from({ length: 1_000 }, (_, index) => permission(index));
  const ids = permissions.map(({ id }) => id);
  return userWithRoles(
    Array.from({ length: 20 }, (_, index) => role(index, ids)),
    permissions,
  );
}

/** Selects these fields of 80,000 permissions: a response of 17 MB, more than the system buffers at once. */
const queryFor = (fields: string) =>
  `{ viewer { datadog { roles { ${['a', 'b', 'c', 'd'].map((alias) => `${alias}: permissions { ${fields} }`).join(' ')} } } } }`;
const QUERY = queryFor('id name displayName description createdAt groupName');
const OTHER = queryFor('description displayName name id groupName createdAt');

/** A server on loopback that serves a large document. */
async function startRolecall() {
  const datadog = await startUpstream(json(largeDocument()));
  const config = readConfig({
    ...DATADOG_KEYS,
    DATADOG_API_URL: datadog.url,
    LIMIT_BATCH: '2',
    LIMIT_NODES: '100000',
    LIMIT_RESPONSE_BYTES: '100000000',
    UPSTREAM_TIMEOUT_MS: '60000',
    UPSTREAM_DEADLINE_MS: '60000',
    RATE_LIMIT: '0',
  });
  const server = createServer(createTestServer(config).listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;

  /** The response to a query or a batch; its body has not been read. */
  async function start(...queries: readonly string[]): Promise<IncomingMessage> {
    const operations = queries.map((query) => ({ query }));
    const headers = { 'content-type': 'application/json' };
    const sent = request({ host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers });
    sent.end(JSON.stringify(operations.length > 1 ? operations : operations[0]));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    return response;
  }

  return {
    start,
    ask: async (...queries: readonly string[]): Promise<Buffer> => buffer(await start(...queries)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await datadog[Symbol.asyncDispose]();
    },
  };
}

/** The buffers of this size that the method creates from now on. */
function watch(
  { mock }: TestContext,
  method: 'allocUnsafe' | 'allocUnsafeSlow',
  minBytes = 0,
): () => Buffer[] {
  const { mock: made } = mock.method(Buffer, method);
  return () =>
    made.calls
      .filter(({ arguments: [size = 0] }) => size >= minBytes)
      .map(({ result }) => result as Buffer);
}

/** The buffers of responses. Those of vendors' bodies arrive in blocks and are smaller. */
const watchResponses = (context: TestContext) => watch(context, 'allocUnsafeSlow', MEGABYTE);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

test('takes large bytes away, and leaves those that may share their memory', () => {
  const large = Buffer.alloc(MEGABYTE);
  freeBuffer(large);
  assert.equal(large.length, 0);
  const small = Buffer.from('{}');
  freeBuffer(small);
  assert.equal(small.toString(), '{}');
});

test('of a body that was decoded nothing stays, but of the one that came', (context) => {
  const body = JSON.stringify('a'.repeat(4 * MEGABYTE));
  const zipped = toResponse(200, { 'content-encoding': 'gzip' }, gzipSync(body), 16 * MEGABYTE);
  const plain = toResponse(200, {}, Buffer.from(body), 16 * MEGABYTE);
  const decoded = watch(context, 'allocUnsafe');
  assert.deepEqual(zipped.readBody(), { json: JSON.parse(body), length: body.length });
  assert.deepEqual(
    decoded().map(({ length }) => length),
    [0],
  );
  assert.deepEqual(plain.readBody(), plain.readBody());
  assert.equal(plain.bytes.toString(), body);
});

describe('of a response', () => {
  test('nothing stays once it is sent', async (context) => {
    await using rolecall = await startRolecall();
    const first = await rolecall.ask(QUERY);
    assert.ok(first.length > 16 * MEGABYTE, `${first.length} bytes`);
    for (let i = 0; i < 4; i += 1) await rolecall.ask(QUERY);
    const buffers = watchResponses(context);
    for (let i = 0; i < 5; i += 1) assert.ok((await rolecall.ask(QUERY)).equals(first));
    await until(() => buffers().every(({ length }) => length === 0));
    assert.equal(buffers().length, 5);
  });

  test('all arrives, however slow its reader is, while others get their responses', async (context) => {
    await using rolecall = await startRolecall();
    const [first, other] = [await rolecall.ask(QUERY), await rolecall.ask(OTHER)];
    for (let i = 0; i < 4; i += 1)
      await Promise.all([QUERY, OTHER].map((query) => rolecall.ask(query)));
    const buffers = watchResponses(context);
    const slow = await Promise.all(Array.from({ length: 3 }, () => rolecall.start(QUERY)));
    for (let i = 0; i < 10; i += 1) assert.ok((await rolecall.ask(OTHER)).equals(other));
    const waiting = buffers().filter(({ length }) => length > 0);
    assert.equal(waiting.length, 3, 'the slow ones wait, and nobody else');
    for (const response of slow) assert.ok((await buffer(response)).equals(first));
    await until(() => buffers().every(({ length }) => length === 0));
  });

  test('each of a batch arrives', async () => {
    await using rolecall = await startRolecall();
    const [first, other] = [await rolecall.ask(QUERY), await rolecall.ask(OTHER)];
    for (let i = 0; i < 4; i += 1) {
      const both = await rolecall.ask(QUERY, OTHER);
      assert.equal(both.toString(), `[${first},${other}]`);
    }
  });

  test('nothing is taken away where the reader left', async (context) => {
    await using rolecall = await startRolecall();
    const first = await rolecall.ask(QUERY);
    for (let i = 0; i < 4; i += 1) await rolecall.ask(QUERY);
    const buffers = watchResponses(context);
    const left = await rolecall.start(QUERY);
    left.destroy();
    assert.ok((await rolecall.ask(QUERY)).equals(first));
    await until(() => buffers().some(({ length }) => length === 0));
    assert.deepEqual(
      buffers().map(({ length }) => length),
      [first.length, 0],
    );
  });
});
