import { hash } from 'node:crypto';
import { fingerprint, type Secret } from '../lib/secret.ts';
import type { Call, RequestScope } from './call.ts';
import { readFailure, readSuccess } from './read-response.ts';
import { isSuccess } from './response.ts';
import type { ResponseCache } from './response-cache.ts';
import type { UpstreamSettings } from './settings.ts';
import { SingleFlight } from './single-flight.ts';
import { Sites } from './sites.ts';
import type { Transport } from './transport.ts';
import type { Reader, Vendor } from './vendor.ts';
import { failureError } from './vendor-error.ts';

/** One request to a vendor. */
export interface VendorRequest extends RequestScope {
  /** The vendor's site, or what stands in for it: no two of them share anything. */
  readonly baseUrl: URL;
  /** Below the base URL. Every path is read by one kind of reader. */
  readonly path: string;
  /** GET where there is none. */
  readonly method?: 'GET' | 'POST';
  /** `content-type` in `headers` says what it is. */
  readonly body?: string;
  /**
   * May the vendor get it more than once, and one response serve several requests? Where nothing is said,
   * a GET may (it is idempotent: RFC 9110, 9.2.2), and nothing else.
   */
  readonly isRepeatable?: boolean;
  /** All keys that are sent: callers with other keys share nothing, and the vendor's words are redacted of them. */
  readonly secrets: readonly Secret[];
  /** What is sent, keys included. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The way to one vendor, shared by all requests: what every provider's client would do itself otherwise. */
export class Upstream {
  readonly #vendor: Vendor;
  readonly #sites: Sites;
  readonly #cache: ResponseCache;
  readonly #flights = new SingleFlight<unknown>();

  /** @param cache of all vendors */
  constructor(
    vendor: Vendor,
    settings: UpstreamSettings,
    transport: Transport,
    cache: ResponseCache,
  ) {
    this.#vendor = vendor;
    this.#sites = new Sites(settings, transport, vendor.retryPolicy);
    this.#cache = cache;
  }

  /**
   * Asks the vendor. Equal requests that are under way at once with the same credentials share one call, where they
   * are repeatable, and a response with the same bytes as the last one is not read again.
   * @throws {RolecallError} where the vendor gives no value
   */
  async fetch<T>(request: VendorRequest, reader: Reader<T>): Promise<T> {
    const { baseUrl, path, method = 'GET', body, secrets, signal, report } = request;
    const { isRepeatable = method === 'GET' } = request;
    const url = new URL(path, baseUrl);
    const headers = { accept: this.#vendor.accept ?? 'application/json', ...request.headers };
    const message = { url, method, headers, body };
    const credential = fingerprint(...secrets);
    const key = [credential, method, url, body === undefined ? '' : hash('sha256', body)].join(' ');
    const start = (whileWanted: AbortSignal) => {
      const call = { message, isRepeatable, credential, signal: whileWanted, report };
      return this.#call(key, baseUrl, call, secrets, reader);
    };
    try {
      const value = isRepeatable ? this.#flights.join(key, signal, start) : start(signal);
      return (await value) as T;
    } catch (error) {
      throw failureError(this.#vendor, error);
    }
  }

  async #call<T>(
    key: string,
    baseUrl: URL,
    call: Call,
    secrets: readonly Secret[],
    reader: Reader<T>,
  ): Promise<T> {
    const response = await this.#sites.send(baseUrl, call);
    if (!isSuccess(response)) return readFailure(this.#vendor, response, reader, secrets);
    const value = this.#cache.read(key, response, (body) =>
      readSuccess(this.#vendor, response, body, reader, secrets),
    );
    this.#sites.accept(baseUrl, call.credential);
    return value;
  }
}
