import { LRUCache } from 'lru-cache';
import { RolecallError } from '../../errors.ts';
import { fingerprint, type Secret } from '../../lib/secret.ts';
import type { RequestScope } from '../../upstream/call.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Reader } from '../../upstream/vendor.ts';
import { toHeaders } from './headers.ts';
import type { User } from './model.ts';
import { v1, v1WhileItLasts, v3 } from './responses.ts';
import type { Settings } from './settings.ts';

const V1_PATH = 'v1/user/me';
const V3_PATH = 'v3/users/me';

/** How long, and for how many keys, `auto` calls only v3 after it has worked. */
const KEEP_V3_MS = 60 * 60 * 1000;
const KEEP_V3_KEYS = 10_000;

export interface Client {
  /** @throws {RolecallError} if HeyGen does not return it */
  fetchCurrentUser(key: Secret, request: RequestScope): Promise<User>;
}

/**
 * A client of one base URL. With `auto`, it remembers the keys for which v1's route is gone. HeyGen is replacing v1 by v3
 * and does not document how a retired route responds, so a 404 for one key says nothing about other keys.
 * @param clock monotonic, in milliseconds
 */
export function createClient(
  { baseUrl, version }: Settings,
  upstream: Upstream,
  clock: { now(): number } = performance,
): Client {
  const keepV3 = new LRUCache<string, true>({
    max: KEEP_V3_KEYS,
    ttl: KEEP_V3_MS,
    ttlResolution: 0,
    perf: clock,
  });

  async function fetchV3(ask: Ask, credential: string): Promise<User> {
    try {
      const user = await ask(V3_PATH, v3);
      // Not extended by later calls, so that v1 is tried again after an hour.
      if (!keepV3.has(credential)) keepV3.set(credential, true);
      return user;
    } catch (error) {
      // v1 may still work for a key that v3 refuses.
      if (isErrorResponse(error)) keepV3.delete(credential);
      throw error;
    }
  }

  return {
    async fetchCurrentUser(key, request) {
      const common = { ...request, baseUrl, secrets: [key], headers: toHeaders(key) };
      const ask: Ask = (path, reader) => upstream.fetch({ ...common, path }, reader);
      if (version === 'v1') return ask(V1_PATH, v1);
      const credential = fingerprint(key);
      const isV3 = version === 'v3' || keepV3.has(credential);
      const user = isV3 ? null : await ask(V1_PATH, v1WhileItLasts);
      return user ?? fetchV3(ask, credential);
    },
  };
}

type Ask = <T>(path: string, reader: Reader<T>) => Promise<T>;

/** Is it about a response of HeyGen with an unsuccessful status? */
function isErrorResponse(error: unknown): boolean {
  return error instanceof RolecallError && (error.extensions.status ?? 0) >= 300;
}
