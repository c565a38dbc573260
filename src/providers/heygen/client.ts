import { LRUCache } from 'lru-cache';
import { fingerprint, type Secret } from '../../lib/secret.ts';
import { isSuccess, type Reply } from '../../upstream/reply.ts';
import { SingleFlight } from '../../upstream/single-flight.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { failureError, type Vendor } from '../../upstream/vendor-error.ts';
import type { RequestScope } from '../provider.ts';
import { isRouteGone, readV1, readV3 } from './answer.ts';
import { toHeaders } from './headers.ts';
import type { User } from './model.ts';
import type { Settings } from './settings.ts';

const V1_PATH = 'v1/user/me';
const V3_PATH = 'v3/users/me';

/** How long `auto` keeps to v3 once it has answered a key well, and for how many keys. */
const KEEP_V3_MS = 60 * 60 * 1000;
const KEEP_V3_KEYS = 10_000;

const vendor: Vendor = {
  provider: 'HEYGEN',
  title: 'HeyGen',
  credentialsHint: 'Check that the API key is right and has not been revoked.',
  permissionHint: 'Check that the account is active and may use the API.',
};

export interface Client {
  /**
   * Callers who ask at the same time with the same key share the answer.
   * @throws {RolecallError} where HeyGen does not give it
   */
  fetchCurrentUser(key: Secret, request: RequestScope): Promise<User>;
}

/**
 * A client of one base URL. Where the version is `auto` it remembers for whom v1's route is gone:
 * HeyGen retires v1 in favour of v3, and what the retired route answers is not documented. One key's 404
 * may be its own, so it says nothing about others.
 * @param clock monotonic, in milliseconds
 */
export function createClient(
  { baseUrl, version }: Settings,
  upstream: Upstream,
  clock: { now(): number } = performance,
): Client {
  const flights = new SingleFlight<User>();
  const keepV3 = new LRUCache<string, true>({
    max: KEEP_V3_KEYS,
    ttl: KEEP_V3_MS,
    ttlResolution: 0,
    perf: clock,
  });

  function ask(
    path: string,
    credential: string,
    key: Secret,
    request: RequestScope,
  ): Promise<Reply> {
    const url = new URL(path, baseUrl);
    return upstream.get(baseUrl, { url, credential, headers: toHeaders(key), ...request });
  }

  async function fetchCurrentUser(
    credential: string,
    key: Secret,
    request: RequestScope,
  ): Promise<User> {
    const id = `${credential} ${baseUrl}`;
    if (version === 'v1' || (version === 'auto' && !keepV3.has(id))) {
      const reply = await ask(V1_PATH, credential, key, request);
      const user = upstream.memory.read(`${id} ${V1_PATH}`, reply, (body) =>
        version === 'auto' && isRouteGone(reply, body)
          ? undefined
          : readV1(vendor, reply, body, key),
      );
      if (user !== undefined) {
        upstream.accept(baseUrl, credential);
        return user;
      }
    }
    const reply = await ask(V3_PATH, credential, key, request);
    // What v3 refuses v1 may still give.
    if (!isSuccess(reply)) keepV3.delete(id);
    const user = upstream.memory.read(`${id} ${V3_PATH}`, reply, (body) =>
      readV3(vendor, reply, body, key),
    );
    upstream.accept(baseUrl, credential);
    // Counted from the first good answer, so that v1 is looked at again within the hour.
    if (!keepV3.has(id)) keepV3.set(id, true);
    return user;
  }

  return {
    async fetchCurrentUser(key, { signal, report }) {
      try {
        const credential = fingerprint(key);
        return await flights.join(credential, signal, (shared) =>
          fetchCurrentUser(credential, key, { signal: shared, report }),
        );
      } catch (error) {
        throw failureError(vendor, error);
      }
    },
  };
}
