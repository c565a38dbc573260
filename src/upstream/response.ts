import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { freeBuffer } from '../lib/free-buffer.ts';
import { parseJson } from '../lib/json.ts';
import { UpstreamFailure } from './failure.ts';

const ISIZE_BYTES = 4;
const MIN_CHUNK_BYTES = 1024;

/** A vendor's response, whatever its status. */
export interface UpstreamResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as it travelled. */
  readonly bytes: Buffer;
  /** Reads the body. @throws {UpstreamFailure} `invalid` where it is too large or not what its encoding says */
  readBody(): Body;
}

export interface Body {
  /** Undefined where it is no JSON. */
  readonly json: unknown;
  /** In bytes, decoded. */
  readonly length: number;
}

/** @param maxBytes the longest body that is accepted, decoded */
export function toResponse(
  status: number,
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  maxBytes: number,
): UpstreamResponse {
  return {
    status,
    headers,
    bytes,
    readBody: () => readBody(bytes, headers['content-encoding'], maxBytes),
  };
}

export function isSuccess({ status }: UpstreamResponse): boolean {
  return status >= 200 && status < 300;
}

/** The body of a response that is no success, as JSON; undefined where it cannot be read: its status says enough. */
export function readErrorBody(response: UpstreamResponse): unknown {
  try {
    return response.readBody().json;
  } catch (error) {
    if (error instanceof UpstreamFailure) return undefined;
    throw error;
  }
}

function readBody(bytes: Buffer, encoding: string | undefined, maxBytes: number): Body {
  if (encoding === undefined || encoding === 'identity' || bytes.length === 0) {
    return { json: parseJson(bytes), length: bytes.length };
  }
  const decoded = decode(bytes, encoding, maxBytes);
  const body = { json: parseJson(decoded), length: decoded.length };
  freeBuffer(decoded);
  return body;
}

/**
 * undici would decode it with an interceptor that it calls experimental, and before anybody could see that the
 * bytes are the same as last time. Another thread would cost more than it spares, and the length is bounded.
 */
function decode(body: Buffer, encoding: string, maxBytes: number): Buffer<ArrayBuffer> {
  // It is a list where it came twice.
  if (String(encoding).toLowerCase() !== 'gzip') {
    throw new UpstreamFailure('invalid', 'its body has an unexpected encoding');
  }
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes, chunkSize: chunkSize(body, maxBytes) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new UpstreamFailure('invalid', 'its body is not valid gzip');
  }
}

/** So that one chunk takes all of it: the length that its last bytes state (RFC 1952, 2.3.1), true or not. */
function chunkSize(body: Buffer, maxBytes: number): number {
  const stated = body.length < ISIZE_BYTES ? 0 : body.readUInt32LE(body.length - ISIZE_BYTES);
  return Math.max(MIN_CHUNK_BYTES, Math.min(stated, maxBytes) + 1);
}

/** As it travels, or decoded. */
export function tooLarge(maxBytes: number): UpstreamFailure {
  return new UpstreamFailure('invalid', `its body is larger than ${maxBytes} bytes`);
}
