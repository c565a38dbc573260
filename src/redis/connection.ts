import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type CreateClient, isErrorReply, loadClient, NotRedis, reasonOf } from './client.ts';
import type { RedisSettings } from './settings.ts';
import { within } from './within.ts';

/** How often a lost Redis is probed. */
const PROBE_MS = 500;
const PROBE_NAME = 'probe';

/** A command was not sent, was refused, or took too long. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
}

/** For the log. */
export interface RedisReport {
  /** Redis is used from now on. */
  readonly used: () => void;
  /** It is not used any more, or not at first. */
  readonly lost: (reason: string) => void;
  /** Something that it holds is not used; the reason completes "it ...". */
  readonly refused: (reason: string) => void;
}

/** Sends a command. Texts come back as buffers. */
export type SendCommand = (
  command: string,
  ...args: readonly (string | Buffer | number)[]
) => Promise<unknown>;

/**
 * A connection to Redis, which is used while it works. The first command that fails or takes too long ends that: then
 * none is sent, so that no request waits for a lost Redis. It is used again as soon as it takes writes.
 */
export class RedisConnection {
  readonly settings: RedisSettings;
  readonly report: RedisReport;
  /** By the names that Redis gives them. */
  readonly #scripts = new Map<string, string>();
  readonly #preparations: ((send: SendCommand) => Promise<void>)[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Undefined until the client library is loaded. */
  #client: Redis | undefined;
  #url = '';
  /** Undefined until it has been probed. */
  #isUsed: boolean | undefined;
  #isProbing = false;
  #isClosed = false;

  /** Starts to connect. */
  constructor(settings: RedisSettings, report: RedisReport) {
    this.settings = settings;
    this.report = report;
    this.#open();
  }

  /** Is Redis in use? */
  get isUsed(): boolean {
    return this.#isUsed === true;
  }

  /**
   * Has Redis load this script before it is used. If Redis forgets it, it counts as lost, and is used again as soon as it
   * has loaded it.
   * @returns its name for `EVALSHA`, because its text would take longer to send than most entries
   */
  defineScript(script: string): string {
    const name = hash('sha1', script);
    this.#scripts.set(name, script);
    return name;
  }

  /** Has this done each time before Redis is used, at first and after it was lost. */
  beforeUse(prepare: (send: SendCommand) => Promise<void>): void {
    this.#preparations.push(prepare);
  }

  /** @throws {RedisUnavailable} at once while Redis is not in use, and otherwise after `timeoutMs` at the latest */
  readonly send: SendCommand = async (command, ...args) => {
    const client = this.#client;
    if (!this.#isUsed || client === undefined) throw new RedisUnavailable('Redis is not in use');
    try {
      return await this.#sendTo(client, command, ...args);
    } catch (error) {
      const reason = reasonOf(error);
      if (client === this.#client) this.#lose(reason);
      throw new RedisUnavailable(reason);
    }
  };

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#isUsed = false;
    this.#client?.disconnect();
  }

  #currentUrl(): string {
    const { value } = this.settings.url;
    if (value === undefined) throw new TypeError('there is no REDIS_URL');
    return value.reveal();
  }

  async #open(): Promise<void> {
    const createClient = await loadClient(this.settings.timeoutMs);
    if (this.#isClosed) return;
    this.#connect(createClient);
    this.#timer = setInterval(() => this.#check(createClient), PROBE_MS).unref();
  }

  #connect(createClient: CreateClient): void {
    this.#url = this.#currentUrl();
    const client = createClient(this.#url);
    this.#client = client;
    const lose = (reason: string) => {
      if (client === this.#client) this.#lose(reason);
    };
    client
      .on('ready', () => this.#probe())
      .on('error', (error) => lose(reasonOf(error)))
      .on('close', () => lose('the connection was closed'));
  }

  /** Connects anew after the URL has changed, and otherwise probes a lost Redis. */
  #check(createClient: CreateClient): void {
    if (this.#currentUrl() !== this.#url) {
      this.#lose('REDIS_URL has changed');
      this.#client?.disconnect();
      this.#connect(createClient);
    }
    this.#probe();
  }

  /** By a write, which a replica and a full Redis refuse. */
  async #probe(): Promise<void> {
    const client = this.#client;
    if (this.#isUsed || this.#isProbing || client?.status !== 'ready') return;
    this.#isProbing = true;
    try {
      const send: SendCommand = (...command) => this.#sendTo(client, ...command);
      await send('SET', this.settings.prefix + PROBE_NAME, '1', 'PX', PROBE_MS);
      for (const [name, script] of this.#scripts) {
        if (String(await send('SCRIPT', 'LOAD', script)) !== name) throw new NotRedis();
      }
      for (const prepare of this.#preparations) await prepare(send);
      if (client === this.#client && client.status === 'ready') this.#use();
    } catch (error) {
      this.#lose(reasonOf(error));
      // Another connection may lead to another server, after a failover.
      if (isErrorReply(error)) client.disconnect(true);
    } finally {
      this.#isProbing = false;
    }
  }

  #sendTo(client: Redis, ...[command, ...args]: Parameters<SendCommand>): Promise<unknown> {
    return within(this.settings.timeoutMs, client.callBuffer(command, ...args));
  }

  #use(): void {
    this.#isUsed = true;
    this.report.used();
  }

  #lose(reason: string): void {
    if (this.#isUsed === false) return;
    this.#isUsed = false;
    this.report.lost(reason);
  }
}
