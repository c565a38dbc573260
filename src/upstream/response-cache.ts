import { LRUCache } from 'lru-cache';
import type { UpstreamResponse } from './response.ts';

const IDLE_MS = 5 * 60_000;
const PURGE_MS = 60_000;
/**
 * What was read from a body takes no more than this for each byte of its text: 1.4 to 1.8 where little of it
 * was asked for, 0.7 to 1.3 where all was, measured with bodies of 27 KB to 2 MB.
 */
const MEMORY_PER_BYTE = 2;
/** What keeping a response takes, however small it is. */
const MEMORY_PER_RESPONSE = 1024;

interface Kept {
  readonly status: number;
  readonly encoding: string | undefined;
  readonly bytes: Buffer;
  /** What was read from it; undefined where only its bytes are kept. */
  readonly read: { readonly value: unknown } | undefined;
}

/**
 * Keeps the last bytes of each response with what was read from them: the vendor is asked every time,
 * and where it responds with the same bytes they need not be decoded, parsed and indexed again.
 * Of a response that differs from the last one only the bytes are kept, until they come again: what changes
 * each time would be kept for nothing, and whatever outlives its request makes garbage collection slower.
 */
export class ResponseCache {
  readonly #responses: LRUCache<string, Kept> | undefined;

  /** @param megabytes of responses and what was read from them; 0 keeps nothing */
  constructor(megabytes: number) {
    if (megabytes === 0) return;
    this.#responses = new LRUCache({
      maxSize: megabytes * 1024 ** 2,
      ttl: IDLE_MS,
      updateAgeOnGet: true,
    });
    // One timer for all of them; it keeps no process alive.
    setInterval(() => this.#responses?.purgeStale(), PURGE_MS).unref();
  }

  /**
   * @param key of whoever asks and what for: another credential has another key
   * @param response a success
   * @param read what the value is made of: the body as JSON, undefined where it is none
   * @returns what `read` gave for these bytes, now or the last time
   * @throws {UpstreamFailure} `invalid` where the bytes are not what their encoding says, and what `read` throws
   */
  read<T>(key: string, response: UpstreamResponse, read: (body: unknown) => T): T {
    const last = this.#responses?.get(key);
    const isUnchanged = last !== undefined && isSame(last, response);
    if (isUnchanged && last.read !== undefined) return last.read.value as T;
    const body = response.readBody();
    const value = read(body.json);
    const isKept = last === undefined || isUnchanged;
    const { status, bytes } = response;
    const size = MEMORY_PER_RESPONSE + bytes.length + (isKept ? body.length * MEMORY_PER_BYTE : 0);
    this.#responses?.set(
      key,
      { status, encoding: encodingOf(response), bytes, read: isKept ? { value } : undefined },
      { size },
    );
    return value;
  }
}

function isSame(last: Kept, response: UpstreamResponse): boolean {
  return (
    last.status === response.status &&
    last.encoding === encodingOf(response) &&
    last.bytes.equals(response.bytes)
  );
}

function encodingOf({ headers }: UpstreamResponse): string | undefined {
  return headers['content-encoding'];
}
