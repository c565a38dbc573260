import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { RolecallError } from '../errors.ts';
import { ShapeError } from '../lib/json.ts';
import { Secret } from '../lib/secret.ts';
import type { RequestScope } from '../upstream/call.ts';
import { ParseCache } from '../upstream/parse-cache.ts';
import { httpPolicy } from '../upstream/retry-policy.ts';
import type { UpstreamSettings } from '../upstream/settings.ts';
import type { Transport } from '../upstream/transport.ts';
import { Upstream } from '../upstream/upstream.ts';
import type { Reader, Vendor } from '../upstream/vendor.ts';
import { type Entry, type EntryParts, looseEntry } from './entry.ts';
import type { CredentialsSettings } from './settings.ts';
import type { CredentialStore, Owner } from './store.ts';

/** The name of the broker's calls in the log. */
export const BROKER = 'CREDENTIALS';
const MAX_PEOPLE = 10_000;
/** A vendor also rejects people without a permission; their requests must not flood the broker. */
const REFRESH_INTERVAL_MS = 10_000;

export interface BrokerSettings extends Pick<CredentialsSettings, 'token' | 'ttlSeconds'> {
  readonly url: URL;
}

/** What a broker needs besides its settings. */
export interface BrokerMeans {
  readonly upstream: UpstreamSettings;
  readonly transport: Transport;
  /** Gets each failure to fetch an entry, and undefined for each success. */
  readonly report: (failure: RolecallError | undefined) => void;
}

interface Response {
  /** Undefined if the broker does not know the person. */
  readonly entry: Entry | undefined;
  /** In seconds. */
  readonly expiresIn?: number | undefined;
}

const vendor: Vendor = {
  name: BROKER,
  title: 'CREDENTIALS_URL',
  credentialsHint: 'Check CREDENTIALS_URL_TOKEN.',
  permissionHint: 'Check CREDENTIALS_URL_TOKEN.',
  retryPolicy: httpPolicy,
  // Its words may contain keys.
  readError: () => ({ words: undefined }),
};

const UNAVAILABLE =
  'Your credentials could not be fetched. Try again; if the problem persists, contact the operator of this server.';

/**
 * Fetches each person's credentials from CREDENTIALS_URL: `POST { "issuer", "subject" }` responds with 200 and the
 * person's entry, which may have an `expiresIn` in seconds, or with 404. Entries are kept in memory only.
 */
export class Broker implements CredentialStore {
  readonly #settings: BrokerSettings;
  readonly #report: BrokerMeans['report'];
  readonly #upstream: Upstream;
  readonly #reader: Reader<Response>;
  readonly #kept = new LRUCache<string, Response>({
    max: MAX_PEOPLE,
    ttlResolution: 0,
    ttlAutopurge: true,
  });
  /** Kept entries that a vendor rejected: they are used only if the broker is not available. */
  readonly #rejected = new WeakSet<Entry>();
  /** Those whose entry was rejected a moment ago. */
  readonly #refreshed = new LRUCache<string, true>({
    max: MAX_PEOPLE,
    ttl: REFRESH_INTERVAL_MS,
    ttlResolution: 0,
  });

  constructor(
    settings: BrokerSettings,
    parts: EntryParts,
    { upstream, transport, report }: BrokerMeans,
  ) {
    this.#settings = settings;
    this.#report = report;
    // Without a parse cache, which would keep the keys' bytes for longer.
    this.#upstream = new Upstream(vendor, {
      settings: upstream,
      transport,
      parseCache: new ParseCache(0),
    });
    this.#reader = createReader(parts);
  }

  find(owner: Owner, request: RequestScope): Entry | undefined | Promise<Entry | undefined> {
    const kept = this.#kept.get(nameOf(owner));
    if (kept === undefined || (kept.entry && this.#rejected.has(kept.entry))) {
      return this.#fetch(owner, request);
    }
    return kept.entry;
  }

  /** Makes the next `find` call the broker, so that keys that were replaced are fetched at once. */
  reject(owner: Owner, entry: Entry): void {
    const name = nameOf(owner);
    if (this.#kept.get(name)?.entry !== entry || this.#refreshed.has(name)) return;
    this.#rejected.add(entry);
    this.#refreshed.set(name, true);
  }

  async #fetch(owner: Owner, request: RequestScope): Promise<Entry | undefined> {
    const name = nameOf(owner);
    try {
      const response = await this.#call(owner, request);
      this.#report(undefined);
      this.#keep(name, response);
      return response.entry;
    } catch (error) {
      if (!(error instanceof RolecallError)) throw error;
      if (!request.signal.aborted) this.#report(error);
      // One of its keys was rejected; those of other providers may work.
      const entry = this.#kept.get(name)?.entry;
      if (entry !== undefined) return entry;
      throw new RolecallError(UNAVAILABLE, { code: 'CREDENTIALS_UNAVAILABLE' });
    }
  }

  #call({ issuer, subject }: Owner, request: RequestScope): Promise<Response> {
    const { url, token } = this.#settings;
    const bearer = token.value;
    return this.#upstream.fetch(
      {
        ...request,
        baseUrl: url,
        path: '',
        method: 'POST',
        body: JSON.stringify({ issuer, subject }),
        isRepeatable: true,
        // The subject, so that failures for one person do not open the circuit breaker for others.
        secrets: [new Secret(subject), ...(bearer ? [bearer] : [])],
        headers: {
          'content-type': 'application/json',
          ...(bearer && { authorization: `Bearer ${bearer.reveal()}` }),
        },
      },
      this.#reader,
    );
  }

  #keep(name: string, response: Response): void {
    const { ttlSeconds } = this.#settings;
    const ttl = 1000 * Math.min(response.expiresIn ?? ttlSeconds, ttlSeconds);
    // To the LRU cache, 0 means for ever.
    if (ttl >= 1) this.#kept.set(name, response, { ttl });
    else this.#kept.delete(name);
  }
}

function nameOf({ issuer, subject }: Owner): string {
  return JSON.stringify([issuer, subject]);
}

const lifetime = z.object({
  expiresIn: z.number('must be a number of seconds').nonnegative('must not be negative').optional(),
});

function createReader(parts: EntryParts): Reader<Response> {
  const entry = looseEntry(parts);
  return {
    read: (body) => ({ entry: parse(entry, body), ...parse(lifetime, body) }),
    readStatus: (status) => (status === 404 ? { entry: undefined } : undefined),
  };
}

/** @throws {ShapeError} without any value */
function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data;
  throw new ShapeError(
    error.issues.map(({ path, message }) => `${path.join('.') || 'it'} ${message}`).join('; '),
  );
}
