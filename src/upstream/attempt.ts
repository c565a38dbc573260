import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { EnvHttpProxyAgent, request } from 'undici';
import { UpstreamFailure } from './failure.ts';

/** A vendor's answer, whatever its status: `body` is decoded, and at most `MAX_BYTES` long. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const MAX_BYTES = 16 * 1024 * 1024;

// undici's own decompress interceptor is experimental and says so on stderr at every start.
const gunzip = promisify(zlib.gunzip);

const LOOPBACK = 'localhost,127.0.0.1,::1';

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured; what listens on loopback is never behind a proxy. */
function createDispatcher(): EnvHttpProxyAgent {
  const noProxy = process.env['no_proxy'] ?? process.env['NO_PROXY'];
  if (noProxy === '*') return new EnvHttpProxyAgent();
  return new EnvHttpProxyAgent({ noProxy: noProxy ? `${noProxy},${LOOPBACK}` : LOOPBACK });
}

const dispatcher = createDispatcher();

/**
 * One GET, with its whole body. Follows no redirect, sends only `headers`.
 * @throws {TypeError} "fetch failed", as `fetch` does, where the connection fails or breaks off
 * @throws {UpstreamFailure} `invalid` where the body is too large or not what its encoding says
 */
export async function attempt(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Reply> {
  const reply = await receive(url, headers, signal).catch((error: unknown) => {
    if (error instanceof UpstreamFailure) throw error;
    throw new TypeError('fetch failed', { cause: error });
  });
  const encoding = reply.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity' || reply.body.length === 0) return reply;
  return { ...reply, body: await decode(reply.body, encoding) };
}

async function receive(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Reply> {
  const response = await request(url, {
    dispatcher,
    signal,
    headers: { ...headers, accept: 'application/json', 'accept-encoding': 'gzip' },
  });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    // Throwing leaves the loop, which destroys the body and with it the connection.
    if (length > MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return {
    status: response.statusCode,
    headers: response.headers,
    body: Buffer.concat(chunks, length),
  };
}

async function decode(body: Buffer, encoding: string | string[]): Promise<Buffer> {
  if (String(encoding).toLowerCase() !== 'gzip') {
    throw new UpstreamFailure('invalid', 'its body has an encoding that was not asked for');
  }
  try {
    return await gunzip(body, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new UpstreamFailure('invalid', 'its body is not the gzip that it claims to be');
  }
}

function tooLarge(): UpstreamFailure {
  return new UpstreamFailure('invalid', `its body is larger than ${MAX_BYTES} bytes`);
}
