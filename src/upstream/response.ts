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
  /** The body, still encoded. */
  readonly bytes: Buffer;
  /** Decodes the body. @throws {UpstreamFailure} `invalid` if it is too large or cannot be decoded */
  readBody(): Body;
}

export interface Body {
  /** Undefined if it is not JSON. */
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

/** The JSON body of an unsuccessful response; undefined if it cannot be read: the status says enough. */
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
 * undici's own interceptor is experimental, and would decode before the parse cache could compare the bytes.
 * Synchronous, because the length is bounded and another thread would cost more than it saves.
 */
function decode(body: Buffer, encoding: string, maxBytes: number): Buffer<ArrayBuffer> {
  // A header that was sent twice is a list.
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

/** One chunk should hold the whole body: the last bytes state its length (RFC 1952, 2.3.1), correct or not. */
function chunkSize(body: Buffer, maxBytes: number): number {
  const stated = body.length < ISIZE_BYTES ? 0 : body.readUInt32LE(body.length - ISIZE_BYTES);
  return Math.max(MIN_CHUNK_BYTES, Math.min(stated, maxBytes) + 1);
}

/** For a body that is too large, encoded or decoded. */
export function tooLarge(maxBytes: number): UpstreamFailure {
  return new UpstreamFailure('invalid', `its body is larger than ${maxBytes} bytes`);
}
