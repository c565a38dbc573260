import { LRUCache } from 'lru-cache';
import type { UpstreamResponse } from './response.ts';

const IDLE_MS = 5 * 60_000;
const PURGE_MS = 60_000;
/**
 * The most memory that a parsed value takes per byte of its body. Measured with bodies of 27 KB to 2 MB:
 * 1.4 to 1.8 if an operation selects little of it, 0.7 to 1.3 if it selects everything.
 */
const MEMORY_PER_BYTE = 2;
/** The overhead of each entry. */
const MEMORY_PER_RESPONSE = 1024;

interface Kept {
  readonly status: number;
  readonly encoding: string | undefined;
  readonly bytes: Buffer;
  /** The parsed value; undefined if only the bytes are kept. */
  readonly read: { readonly value: unknown } | undefined;
}

/**
 * Keeps the last bytes of each response with the value parsed from them. The vendor is called every time; if it sends
 * the same bytes, they are not decoded, parsed and indexed again. When the bytes change, only they are kept, and the
 * value once they come again: a value that is used once would only slow down garbage collection.
 */
export class ParseCache {
  readonly #responses: LRUCache<string, Kept> | undefined;

  /** @param megabytes for bytes and values; 0 disables the cache */
  constructor(megabytes: number) {
    if (megabytes === 0) return;
    this.#responses = new LRUCache({
      maxSize: megabytes * 1024 ** 2,
      ttl: IDLE_MS,
      updateAgeOnGet: true,
    });
    // One timer for all entries; `unref` lets the process exit.
    setInterval(() => this.#responses?.purgeStale(), PURGE_MS).unref();
  }

  /**
   * @param key of the request and its credential: different credentials never share a key
   * @param response a success
   * @param read parses the body: JSON, or undefined if it is not JSON
   * @returns what `read` returned for these bytes, now or last time
   * @throws {UpstreamFailure} `invalid` if the bytes cannot be decoded; whatever `read` throws
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
