import { hash } from 'node:crypto';
import { RolecallError } from '../errors.ts';
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
  /** The vendor's site, or its replacement. Different base URLs share no state. */
  readonly baseUrl: URL;
  /** Relative to the base URL. All requests of a path must use the same reader, because their calls are shared. */
  readonly path: string;
  /** Default: GET. */
  readonly method?: 'GET' | 'POST';
  /** Its type is the `content-type` in `headers`. */
  readonly body?: string;
  /**
   * May the call be retried, and may several requests share it? Default: true for GET (idempotent: RFC 9110, 9.2.2),
   * false otherwise.
   */
  readonly isRepeatable?: boolean;
  /** All keys that are sent. They identify the credential, and are redacted from the vendor's messages. */
  readonly secrets: readonly Secret[];
  /** All headers to send, keys included. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Calls to one vendor, for all requests: what every provider's client needs. */
export class Upstream {
  readonly #vendor: Vendor;
  readonly #sites: Sites;
  readonly #cache: ResponseCache;
  readonly #flights = new SingleFlight<unknown>();

  /** @param cache shared by all vendors */
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
   * Calls the vendor. Simultaneous equal requests with the same credentials share one call if they are repeatable.
   * A response with the same bytes as the last one is not parsed again.
   * @throws {RolecallError} if the call fails
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
      const failure = failureError(this.#vendor, error);
      if (isRejection(this.#vendor, failure)) request.reject?.();
      throw failure;
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

function isRejection(
  { credentialCodes = ['UPSTREAM_UNAUTHENTICATED'] }: Vendor,
  failure: unknown,
): boolean {
  return failure instanceof RolecallError && credentialCodes.includes(failure.extensions.code);
}
