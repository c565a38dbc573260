import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { parseJson } from '../json.ts';
import { UpstreamFailure } from './failure.ts';
import type { Transport } from './transport.ts';

/** A vendor's answer, whatever its status. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as it travelled. */
  readonly bytes: Buffer;
  /** The body. @throws {UpstreamFailure} `invalid` where it is too large or not what its encoding says */
  decode(): Buffer;
}

const ISIZE_BYTES = 4;
const MIN_CHUNK_BYTES = 1024;

/**
 * One GET, with its whole body. Follows no redirect, sends only `headers`.
 * @param maxBytes the longest body that is accepted, as it travels and decoded
 * @throws {TypeError} "fetch failed", as `fetch` does, where the connection fails or breaks off
 * @throws {UpstreamFailure} `invalid` where the body is too large
 */
export async function attempt(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  maxBytes: number,
  transport: Transport,
): Promise<Reply> {
  try {
    const response = await request(url, {
      dispatcher: transport,
      signal,
      headers: { ...headers, accept: 'application/json', 'accept-encoding': 'gzip' },
    });
    const bytes = await receive(response.body, maxBytes);
    return {
      status: response.statusCode,
      headers: response.headers,
      bytes,
      decode: () => decode(bytes, response.headers['content-encoding'], maxBytes),
    };
  } catch (error) {
    if (error instanceof UpstreamFailure) throw error;
    throw new TypeError('fetch failed', { cause: error });
  }
}

async function receive(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Throwing leaves the loop, which destroys the body and with it the connection.
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
}

export function isSuccess({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

/** The body of an answer that is no success, as JSON; undefined where it cannot be read: its status tells enough. */
export function readRefusal(reply: Reply): unknown {
  try {
    return parseJson(reply.decode());
  } catch (error) {
    if (error instanceof UpstreamFailure) return undefined;
    throw error;
  }
}

/**
 * undici would decode it with an interceptor that it calls experimental, and before anybody could see that the
 * bytes are the same as last time. Another thread would cost more than it spares, and the length is bounded.
 */
function decode(body: Buffer, encoding: string | string[] | undefined, maxBytes: number): Buffer {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body;
  if (String(encoding).toLowerCase() !== 'gzip') {
    throw new UpstreamFailure('invalid', 'its body has an encoding that was not asked for');
  }
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes, chunkSize: chunkSize(body, maxBytes) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new UpstreamFailure('invalid', 'its body is not the gzip that it claims to be');
  }
}

/** So that one chunk takes all of it: the length that its last bytes tell (RFC 1952, 2.3.1), true or not. */
function chunkSize(body: Buffer, maxBytes: number): number {
  const told = body.length < ISIZE_BYTES ? 0 : body.readUInt32LE(body.length - ISIZE_BYTES);
  return Math.max(MIN_CHUNK_BYTES, Math.min(told, maxBytes) + 1);
}

function tooLarge(maxBytes: number): UpstreamFailure {
  return new UpstreamFailure('invalid', `its body is larger than ${maxBytes} bytes`);
}
