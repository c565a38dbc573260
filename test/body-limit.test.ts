import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from './support/config.ts';
import { connect, rawPost } from './support/connection.ts';
import { startListening } from './support/http-server.ts';
import { createTestServer } from './support/rolecall.ts';

const QUERY = '{"query":"{__typename}"}';
const LIMIT = 200;
const { listener } = createTestServer(
  readConfig({ LIMIT_BODY_BYTES: String(LIMIT), LIMIT_SUBGRAPH_BODY_BYTES: String(LIMIT + 1) }),
);

/** A POST of an operation with this length, sent with a Content-Length or in chunks. */
function post(path: string, length: number, isChunked: boolean): string {
  const body = QUERY.padEnd(length);
  if (!isChunked) return rawPost(path, body);
  const half = Math.floor(length / 2);
  const chunks = [body.slice(0, half), body.slice(half), ''].map(
    (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
  );
  const head = rawPost(path, '', { 'transfer-encoding': 'chunked' });
  return head.replace('content-length: 0\r\n', '') + chunks.join('');
}

describe('the limit of a body', () => {
  for (const isChunked of [false, true]) {
    for (const [path, limit] of [
      ['/graphql', LIMIT],
      ['/subgraph', LIMIT + 1],
    ] as const) {
      test(`holds to the byte: ${path}${isChunked ? ', in chunks' : ''}`, async () => {
        await using server = await startListening(listener);
        for (const [length, status] of [
          [limit - 1, 200],
          [limit, 200],
          [limit + 1, 413],
        ] as const) {
          using caller = await connect(server.url);
          caller.send(post(path, length, isChunked));
          assert.match(await caller.receive(/\}$/), new RegExp(`^HTTP/1\\.1 ${status} `));
        }
      });
    }
  }
});
