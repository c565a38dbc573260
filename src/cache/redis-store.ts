import { LRUCache } from 'lru-cache';
import type { Secret } from '../lib/secret.ts';
import { type RedisConnection, RedisUnavailable } from '../redis/connection.ts';
import { hashedName } from '../redis/derive.ts';
import { EntryRefused, MAX_ENTRY_BYTES, open, seal, tooLarge } from './encryption.ts';
import { DROP, DROPS_AT_ONCE, FIND, STORE } from './redis-scripts.ts';
import type { Found, ResponseKey, ResponseStore, StoredResponse } from './store.ts';

/** Of drops that Redis has not confirmed yet. Responses beyond them live until they expire. */
const MAX_PENDING_DROPS = 10_000;
/** For commands on their way, on top of the time that a call may take. */
const SPARE_MS = 5_000;

/** Where a response is, with the secret that encrypts it there. */
interface Place {
  readonly name: string;
  readonly secret: Secret;
}

/**
 * Keeps responses in Redis, for all copies of this server. Nothing is kept in this process, so a response that one copy
 * drops is gone for all of them.
 *
 * A copy that began a call before another one saw a revocation may receive the old response after it. So `drop` leaves a
 * mark in place of the response for as long as any such call may take, and nothing is stored over the mark. A drop that
 * Redis does not confirm is repeated before this copy uses Redis again; until then, it finds nothing there.
 */
export class RedisStore implements ResponseStore {
  readonly #redis: RedisConnection;
  readonly #markMs: number;
  /** Names. */
  readonly #pendingDrops = new LRUCache<string, true>({ max: MAX_PENDING_DROPS });

  /** @param callMs the longest time that a call to a vendor takes */
  constructor(redis: RedisConnection, callMs: number) {
    this.#redis = redis;
    this.#markMs = callMs + SPARE_MS;
    redis.beforeUse(async (send) => {
      while (this.#pendingDrops.size > 0) {
        await this.#sendDrops(send, [...this.#pendingDrops.keys()]);
      }
    });
  }

  async find(key: ResponseKey): Promise<Found | undefined> {
    const places = this.#placesOf(key);
    const names = places.map(({ name }) => name);
    const replies = await this.#ifUsed(
      this.#redis.send('EVAL', FIND, names.length, ...names, MAX_ENTRY_BYTES),
    );
    const found = places.flatMap((place, index) =>
      this.#read(key, place, (replies as unknown[] | undefined)?.[index]),
    );
    return found.toSorted((a, b) => a.ageMs - b.ageMs)[0];
  }

  store(key: ResponseKey, response: StoredResponse, lifetimeMs: number): void {
    const [{ name, secret }] = this.#placesOf(key);
    const entry = this.#unlessRefused(() => seal({ response, lifetimeMs }, { key, name }, secret));
    if (entry === undefined) {
      // The last one that was stored is outdated.
      this.drop(key);
      return;
    }
    const names = [name, this.#claimOf(key)];
    this.#ifUsed(this.#redis.send('EVAL', STORE, names.length, ...names, entry, lifetimeMs));
  }

  async drop(key: ResponseKey): Promise<void> {
    const names = this.#placesOf(key).map(({ name }) => name);
    for (const name of names) this.#pendingDrops.set(name, true);
    const isPending = () => names.some((name) => this.#pendingDrops.has(name));
    await this.#ifUsed(this.#sendDrops(this.#redis.send, names));
    // Redis may have come back at this moment, too late for it to be repeated there.
    while (this.#redis.isUsed && isPending()) {
      await this.#ifUsed(this.#sendDrops(this.#redis.send, names));
    }
  }

  async claimRefresh(key: ResponseKey, forMs: number): Promise<boolean> {
    const claim = this.#redis.send('SET', this.#claimOf(key), '1', 'NX', 'PX', forMs);
    return Boolean(await this.#ifUsed(claim));
  }

  #read(key: ResponseKey, { name, secret }: Place, reply: unknown): Found | readonly [] {
    if (!reply) return [];
    return (
      this.#unlessRefused(() => {
        if (!Array.isArray(reply)) throw tooLarge();
        const [sealed, leftMs] = reply as [Buffer, number];
        const { response, lifetimeMs } = open(sealed, { key, name }, secret);
        // By Redis' clock alone, so that it does not matter if the copies' clocks differ.
        const ageMs = lifetimeMs - leftMs;
        if (ageMs < 0) throw new EntryRefused('expires later than it should');
        return { response, ageMs };
      }) ?? []
    );
  }

  async #sendDrops(send: RedisConnection['send'], names: readonly string[]): Promise<void> {
    for (let start = 0; start < names.length; start += DROPS_AT_ONCE) {
      const some = names.slice(start, start + DROPS_AT_ONCE);
      await send('EVAL', DROP, some.length, ...some, this.#markMs);
      for (const name of some) this.#pendingDrops.delete(name);
    }
  }

  /** One for each secret. Responses are stored in the first. */
  #placesOf(key: ResponseKey): readonly [Place, ...Place[]] {
    const places = this.#redis.settings.secrets.value.map((secret) => ({
      name: this.#nameOf(key, 'response', secret),
      secret,
    }));
    return places as readonly Place[] as readonly [Place, ...Place[]];
  }

  #claimOf(key: ResponseKey): string {
    return this.#nameOf(key, 'refresh', this.#placesOf(key)[0].secret);
  }

  #nameOf({ url, secrets }: ResponseKey, kind: 'response' | 'refresh', secret: Secret): string {
    const texts = [url, ...secrets.map((each) => each.reveal())];
    return `${this.#redis.settings.prefix}${kind}:${hashedName(secret, kind, texts)}`;
  }

  /** Undefined while Redis is not in use, which the connection reports. */
  async #ifUsed<T>(reply: Promise<T>): Promise<T | undefined> {
    try {
      return await reply;
    } catch (error) {
      if (error instanceof RedisUnavailable) return undefined;
      throw error;
    }
  }

  #unlessRefused<T>(use: () => T): T | undefined {
    try {
      return use();
    } catch (error) {
      if (!(error instanceof EntryRefused)) throw error;
      this.#redis.report.refused(error.message);
      return undefined;
    }
  }
}
