import DataLoader from 'dataloader';
import { type RedisConnection, RedisUnavailable } from '../redis/connection.ts';
import { EntryRefused, MAX_ENTRY_BYTES, open, seal, tooLarge } from './encryption.ts';
import { createPlaces, type Place, responsePattern } from './places.ts';
import { DROP, DROPS_AT_ONCE, FIND, STORE } from './redis-scripts.ts';
import type { Found, ResponseKey, ResponseStore, StoredResponse } from './store.ts';

/** Of drops that Redis has not confirmed yet. If there are more, all responses are dropped. */
const MAX_PENDING_DROPS = 10_000;
/** Longer replies could take too long, because Redis does nothing else meanwhile. */
const MAX_FINDS_AT_ONCE = 20;
/** For commands on their way, on top of the time that a call may take. */
const SPARE_MS = 5_000;

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
  readonly #placesOf: ReturnType<typeof createPlaces>;
  readonly #scripts: Readonly<Record<'find' | 'store' | 'drop', string>>;
  readonly #markMs: number;
  /** By name. Those of one tick, such as the responses of several vendors, are one command. */
  readonly #replies: DataLoader<string, unknown>;
  /** Names. */
  readonly #pendingDrops = new Set<string>();
  /** Were there too many? Callers with invented keys can cause them, and must not keep others' responses alive. */
  #mustDropAll = false;

  /** @param callMs the longest time that a call to a vendor takes */
  constructor(redis: RedisConnection, callMs: number) {
    this.#redis = redis;
    this.#placesOf = createPlaces(redis.settings);
    this.#scripts = {
      find: redis.defineScript(FIND),
      store: redis.defineScript(STORE),
      drop: redis.defineScript(DROP),
    };
    this.#markMs = callMs + SPARE_MS;
    this.#replies = new DataLoader((names) => this.#fetchReplies(names), {
      cache: false,
      maxBatchSize: MAX_FINDS_AT_ONCE,
    });
    redis.beforeUse(async (send) => {
      while (this.#mustDropAll || this.#pendingDrops.size > 0) {
        if (this.#mustDropAll) await this.#dropAll(send);
        await this.#sendDrops(send, [...this.#pendingDrops]);
      }
    });
  }

  async find(key: ResponseKey): Promise<Found | undefined> {
    const { responses } = this.#placesOf(key);
    const replies = await Promise.all(responses.map(({ name }) => this.#replies.load(name)));
    const found = responses.flatMap((place, index) => this.#read(place, replies[index]));
    return found.toSorted((a, b) => a.ageMs - b.ageMs)[0];
  }

  store(key: ResponseKey, response: StoredResponse, lifetimeMs: number): void | Promise<void> {
    const {
      responses: [place],
      claim,
    } = this.#placesOf(key);
    const entry = this.#unlessRefused(() => seal({ response, lifetimeMs }, place));
    if (entry === undefined) {
      // The last one that was stored is outdated.
      return this.drop(key);
    }
    this.#ifUsed(
      this.#redis.send('EVALSHA', this.#scripts.store, 2, place.name, claim, entry, lifetimeMs),
    );
  }

  async drop(key: ResponseKey): Promise<void> {
    const names = this.#placesOf(key).responses.map(({ name }) => name);
    if (this.#pendingDrops.size >= MAX_PENDING_DROPS) {
      this.#pendingDrops.clear();
      this.#mustDropAll = true;
    }
    for (const name of names) this.#pendingDrops.add(name);
    const isPending = () => names.some((name) => this.#pendingDrops.has(name));
    await this.#ifUsed(this.#sendDrops(this.#redis.send, names));
    // Redis may have come back at this moment, too late for it to be repeated there.
    while (this.#redis.isUsed && isPending()) {
      await this.#ifUsed(this.#sendDrops(this.#redis.send, names));
    }
  }

  async claimRefresh(key: ResponseKey, forMs: number): Promise<boolean> {
    const claim = this.#redis.send('SET', this.#placesOf(key).claim, '1', 'NX', 'PX', forMs);
    return Boolean(await this.#ifUsed(claim));
  }

  async #fetchReplies(names: readonly string[]): Promise<readonly unknown[]> {
    const command = this.#redis.send(
      'EVALSHA',
      this.#scripts.find,
      names.length,
      ...names,
      MAX_ENTRY_BYTES,
    );
    return (
      ((await this.#ifUsed(command)) as readonly unknown[] | undefined) ??
      names.map(() => undefined)
    );
  }

  #read(place: Place, reply: unknown): Found | readonly [] {
    if (!reply) return [];
    return (
      this.#unlessRefused(() => {
        if (!Array.isArray(reply)) throw tooLarge();
        const [sealed, leftMs] = reply as [Buffer, number];
        const { response, lifetimeMs } = open(sealed, place);
        // By Redis' clock alone, so that it does not matter if the copies' clocks differ.
        const ageMs = lifetimeMs - leftMs;
        if (ageMs < 0) throw new EntryRefused('expires later than it should');
        return { response, ageMs };
      }) ?? []
    );
  }

  /** Also those of other copies, which may be among them. */
  async #dropAll(send: RedisConnection['send']): Promise<void> {
    this.#mustDropAll = false;
    try {
      const pattern = responsePattern(this.#redis.settings);
      let cursor = '0';
      do {
        const found = await send('SCAN', cursor, 'MATCH', pattern, 'COUNT', DROPS_AT_ONCE);
        const [next, names] = found as [Buffer, Buffer[]];
        await this.#sendDrops(send, names.map(String));
        cursor = String(next);
      } while (cursor !== '0');
    } catch (error) {
      this.#mustDropAll = true;
      throw error;
    }
  }

  async #sendDrops(send: RedisConnection['send'], names: readonly string[]): Promise<void> {
    for (let start = 0; start < names.length; start += DROPS_AT_ONCE) {
      const some = names.slice(start, start + DROPS_AT_ONCE);
      await send('EVALSHA', this.#scripts.drop, some.length, ...some, this.#markMs);
      for (const name of some) this.#pendingDrops.delete(name);
    }
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
