import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { attempt } from '../src/upstream/attempt.ts';
import { createTransport } from '../src/upstream/transport.ts';
import { startUpstream, text } from './support/upstream.ts';

/** A proxy that refuses every request, and records it. */
async function startProxy() {
  const wanted: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    wanted.push(request.url);
    response.writeHead(502).end();
  });
  server.on('connect', (request, socket) => {
    wanted.push(request.url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    wanted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The requests that each proxy, for https and for http, gets on the way to this URL. */
async function wantedOnTheWayTo(url: string, noProxy: string | undefined) {
  await using forHttps = await startProxy();
  await using forHttp = await startProxy();
  const transport = createTransport({
    httpsProxy: forHttps.url,
    httpProxy: forHttp.url,
    noProxy,
  });
  try {
    const { signal } = new AbortController();
    const message = { url: new URL(url), method: 'GET', headers: {} } as const;
    await attempt(message, signal, 100, transport).catch(() => {});
    return { https: forHttps.wanted, http: forHttp.wanted };
  } finally {
    await transport.destroy();
  }
}

describe('a proxy is asked on the way to a vendor', () => {
  for (const [noProxy, wanted] of [
    [undefined, ['vendor.invalid:443']],
    ['other.invalid', ['vendor.invalid:443']],
    ['vendor.invalid', []],
    ['other.invalid,vendor.invalid', []],
    ['*', []],
  ] as const) {
    test(`${wanted.length > 0 ? 'where' : 'but not where'} NO_PROXY is ${noProxy}`, async () => {
      assert.deepEqual(await wantedOnTheWayTo('https://vendor.invalid/', noProxy), {
        https: wanted,
        http: [],
      });
    });
  }

  test('of http that is the proxy for http', async () => {
    assert.deepEqual(await wantedOnTheWayTo('http://vendor.invalid/', undefined), {
      https: [],
      http: ['http://vendor.invalid/'],
    });
  });

  test('but not on the way to loopback, whatever NO_PROXY is', async () => {
    await using vendor = await startUpstream(text('{}'));
    const { port } = new URL(vendor.url);
    for (const noProxy of [undefined, 'other.invalid', '*']) {
      for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
        const url = `http://${host}:${port}/`;
        const wanted = await wantedOnTheWayTo(url, noProxy);
        assert.deepEqual(wanted, { https: [], http: [] }, `${url} ${noProxy}`);
      }
    }
  });
});
