import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  Agent,
  type IncomingMessage,
  type RequestListener,
  request,
  type ServerResponse,
} from 'node:http';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startListening } from './support/http-server.ts';

/** More than the system buffers for a client that does not read. */
const LARGE = Buffer.alloc(32 * 1024 ** 2);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A listener that sends a large response to each request, and the responses in order. */
function large() {
  const responses: ServerResponse[] = [];
  const listener: RequestListener = (_request, response) => {
    responses.push(response);
    response.end(LARGE);
  };
  return { responses, listener };
}

/** A response whose body is not read. */
async function unread(url: string): Promise<IncomingMessage> {
  const [response] = (await once(request(url).end(), 'response')) as [IncomingMessage];
  // The connection may be closed before anyone reads.
  return response.on('error', () => {});
}

async function read(response: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const chunk of response) length += chunk.length;
  return length;
}

describe('a reader that takes nothing', () => {
  test('is cut after the time for sending', async () => {
    const { responses, listener } = large();
    await using server = await startListening(listener, {}, { sendMs: 200 });
    const response = await unread(server.url);
    assert.ok(responses[0]);
    await once(responses[0], 'close');
    assert.equal(responses[0].writableFinished, false);
    await assert.rejects(read(response), { code: 'ECONNRESET' });
  });

  test('is cut where the response comes in pieces', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await startListening(
      (_request, response) => {
        response.once('close', closed.resolve);
        response.write(LARGE);
      },
      {},
      { sendMs: 200 },
    );
    const response = await unread(server.url);
    await closed.promise;
    await assert.rejects(read(response), { code: 'ECONNRESET' });
  });

  test('is not cut while it takes a little', async () => {
    const { responses, listener } = large();
    await using server = await startListening(listener, {}, { sendMs: 1_000 });
    const response = await unread(server.url);
    const started = performance.now();
    let length = 0;
    for await (const chunk of response) {
      length += chunk.length;
      // Longer in total than a client may pause.
      if (performance.now() - started < 1_500) await delay(2);
    }
    assert.equal(length, LARGE.length);
    assert.equal(responses[0]?.writableFinished, true);
  });
});

test('a response that takes long to make is not cut', async () => {
  await using server = await startListening(
    async (_request, response) => {
      await delay(300);
      response.end('late');
    },
    {},
    { sendMs: 100 },
  );
  assert.equal(await (await fetch(server.url)).text(), 'late');
});

test('a connection whose response was taken gets the time between two requests', async () => {
  const { responses, listener } = large();
  await using server = await startListening(
    listener,
    {},
    { sendMs: MINUTE_MS, keepAliveMs: HOUR_MS },
  );
  const agent = new Agent({ keepAlive: true });
  const [response] = (await once(request(server.url, { agent }).end(), 'response')) as [
    IncomingMessage,
  ];
  const { socket } = responses[0] ?? assert.fail();
  assert.equal(socket?.timeout, MINUTE_MS / 2);
  assert.equal(await read(response), LARGE.length);
  if (responses[0]?.closed === false) await once(responses[0], 'close');
  assert.ok((socket?.timeout ?? 0) >= HOUR_MS);
  agent.destroy();
});

describe('bytes that wait for readers', () => {
  test('beyond the budget: the connections are cut that have been at it longest', async () => {
    const { responses, listener } = large();
    await using server = await startListening(
      listener,
      { unsentBytes: 2.5 * LARGE.length },
      { sendMs: MINUTE_MS },
    );
    const readers: IncomingMessage[] = [];
    for (let index = 0; index < 4; index += 1) readers.push(await unread(server.url));
    assert.equal(responses.length, 4);
    assert.deepEqual(
      responses.map(({ destroyed }) => destroyed),
      [true, true, false, false],
    );
    const outcomes = await Promise.allSettled(readers.map(read));
    assert.deepEqual(
      outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? outcome.value : outcome.reason.code,
      ),
      ['ECONNRESET', 'ECONNRESET', LARGE.length, LARGE.length],
    );
  });

  test('are given back once they have been taken', async () => {
    const { listener } = large();
    await using server = await startListening(listener, { unsentBytes: 1.5 * LARGE.length });
    for (let index = 0; index < 3; index += 1) {
      const response = await unread(server.url);
      assert.equal(await read(response), LARGE.length);
    }
    const [waiting, other] = [await unread(server.url), await unread(server.url)];
    await assert.rejects(read(waiting), { code: 'ECONNRESET' });
    assert.equal(await read(other), LARGE.length);
  });

  test('are given back where the reader leaves', async () => {
    const { responses, listener } = large();
    await using server = await startListening(listener, { unsentBytes: 1.5 * LARGE.length });
    const left = await unread(server.url);
    left.destroy();
    assert.ok(responses[0]);
    if (!responses[0].closed) await once(responses[0], 'close');
    const [waiting, other] = [await unread(server.url), await unread(server.url)];
    await assert.rejects(read(waiting), { code: 'ECONNRESET' });
    assert.equal(await read(other), LARGE.length);
  });

  test('of one response alone may be more than the budget', async () => {
    const { listener } = large();
    await using server = await startListening(listener, { unsentBytes: 1 });
    assert.equal(await read(await unread(server.url)), LARGE.length);
  });
});
