import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { request } from 'undici';
import { UpstreamFailure } from './failure.ts';
import type { Transport } from './transport.ts';

/** A vendor's answer, whatever its status: `body` is decoded. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

// undici's own decompress interceptor is experimental and says so on stderr at every start.
const gunzip = promisify(zlib.gunzip);

/**
 * One GET, with its whole body. Follows no redirect, sends only `headers`.
 * @param maxBytes the longest body that is accepted, as it travels and decoded
 * @throws {TypeError} "fetch failed", as `fetch` does, where the connection fails or breaks off
 * @throws {UpstreamFailure} `invalid` where the body is too large or not what its encoding says
 */
export async function attempt(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  maxBytes: number,
  transport: Transport,
): Promise<Reply> {
  const reply = await receive(url, headers, signal, maxBytes, transport).catch((error: unknown) => {
    if (error instanceof UpstreamFailure) throw error;
    throw new TypeError('fetch failed', { cause: error });
  });
  const encoding = reply.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity' || reply.body.length === 0) return reply;
  return { ...reply, body: await decode(reply.body, encoding, maxBytes) };
}

async function receive(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  maxBytes: number,
  transport: Transport,
): Promise<Reply> {
  const response = await request(url, {
    dispatcher: transport,
    signal,
    headers: { ...headers, accept: 'application/json', 'accept-encoding': 'gzip' },
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    // Throwing leaves the loop, which destroys the body and with it the connection.
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.concat(chunks, length),
  };
}

async function decode(
  body: Buffer,
  encoding: string | string[],
  maxBytes: number,
): Promise<Buffer> {
  if (String(encoding).toLowerCase() !== 'gzip') {
    throw new UpstreamFailure('invalid', 'its body has an encoding that was not asked for');
  }
  try {
    return await gunzip(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new UpstreamFailure('invalid', 'its body is not the gzip that it claims to be');
  }
}

function tooLarge(maxBytes: number): UpstreamFailure {
  return new UpstreamFailure('invalid', `its body is larger than ${maxBytes} bytes`);
}
