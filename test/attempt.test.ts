import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import manifest from '../package.json' with { type: 'json' };
import { attempt, type Message } from '../src/upstream/attempt.ts';
import { UpstreamFailure } from '../src/upstream/failure.ts';
import { createTransport } from '../src/upstream/transport.ts';
import { type Script, startUpstream, text } from './support/upstream.ts';

const MAX_BYTES = 1_000;
const DIRECT = { httpsProxy: undefined, httpProxy: undefined, noProxy: undefined };
const staying = () => new AbortController().signal;

/** One attempt at a vendor that follows the script. The path is relative to its base URL. */
async function attemptAt(
  script: Script,
  path = '',
  signal = staying(),
  sent: Partial<Message> = {},
) {
  await using upstream = await startUpstream(script);
  const transport = createTransport(DIRECT);
  try {
    const headers = { 'x-own': 'own', accept: 'text/html' };
    const message: Message = { url: new URL(path, upstream.url), method: 'GET', headers, ...sent };
    const response = await attempt(message, signal, MAX_BYTES, transport);
    return { response, seen: upstream.seen };
  } finally {
    await transport.destroy();
  }
}

const isTooLarge = (error: unknown) =>
  error instanceof UpstreamFailure &&
  error.kind === 'invalid' &&
  /larger than 1000 bytes/.test(error.message);

const isFailedFetch = (error: unknown) =>
  error instanceof TypeError && error.message === 'fetch failed' && error.cause instanceof Error;

test('an attempt sends the whole path, and the headers that it is given beside its own', async () => {
  const { seen } = await attemptAt(text('{}'), 'a/b?c=d');
  assert.equal(seen.length, 1);
  const { method, path, headers, body } = seen[0] ?? assert.fail();
  const { host, connection, ...others } = headers;
  assert.deepEqual({ method, path, body }, { method: 'GET', path: '/a/b?c=d', body: '' });
  assert.deepEqual(others, {
    'x-own': 'own',
    accept: 'text/html',
    'accept-encoding': 'gzip',
    'user-agent': `rolecall/${manifest.version}`,
  });
});

test('an attempt sends its method and its body', async () => {
  const { seen } = await attemptAt(text('{}'), '', staying(), { method: 'POST', body: '{"é":1}' });
  const { method, headers, body } = seen[0] ?? assert.fail();
  assert.deepEqual([method, headers['content-length'], body], ['POST', '8', '{"é":1}']);
});

describe('the response of an attempt', () => {
  test('has the status, the headers and the body that came', async () => {
    const { response } = await attemptAt(text('{"a":1}', 418, { 'x-theirs': 'theirs' }));
    assert.equal(response.status, 418);
    assert.equal(response.headers['x-theirs'], 'theirs');
    assert.deepEqual(response.readBody(), { json: { a: 1 }, length: 7 });
  });

  test('is put together from the chunks of its body', async () => {
    const { response } = await attemptAt(async (response) => {
      for (const chunk of ['[1', ',2', ',3]']) {
        response.write(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    assert.deepEqual(response.readBody(), { json: [1, 2, 3], length: 7 });
  });

  test('is the last one, after interim ones', async () => {
    const { response } = await attemptAt((response, seen, call) => {
      response.writeProcessing();
      text('last', 201)(response, seen, call);
    });
    assert.equal(response.status, 201);
    assert.equal(response.bytes.toString(), 'last');
  });

  test('is a redirect where one came, which is not followed', async () => {
    const { response, seen } = await attemptAt(text('', 302, { location: '/elsewhere' }));
    assert.equal(response.status, 302);
    assert.equal(seen.length, 1);
  });

  test('has a body up to the limit, as it travels and decoded', async () => {
    const { response } = await attemptAt(text('x'.repeat(MAX_BYTES)));
    assert.equal(response.bytes.length, MAX_BYTES);
    await assert.rejects(attemptAt(text('x'.repeat(MAX_BYTES + 1))), isTooLarge);
  });
});

describe('an attempt fails', () => {
  test('as fetch does where the connection breaks off', async () => {
    await assert.rejects(
      attemptAt((response) => response.destroy()),
      isFailedFetch,
    );
  });

  test('as soon as its signal is aborted, and ends the connection', async () => {
    const leaver = new AbortController();
    let closed: Promise<unknown> | undefined;
    await assert.rejects(
      attemptAt(
        (response) => {
          closed = once(response, 'close');
          response.write('{');
          leaver.abort();
        },
        '',
        leaver.signal,
      ),
      isFailedFetch,
    );
    await closed;
  });

  test('without asking where its signal is aborted before', async () => {
    let calls = 0;
    const script: Script = () => {
      calls += 1;
    };
    await assert.rejects(attemptAt(script, '', AbortSignal.abort()), isFailedFetch);
    assert.equal(calls, 0);
  });
});
