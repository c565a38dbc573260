import { hash } from 'node:crypto';
import { RolecallError } from '../errors.ts';
import { fingerprint, type Secret } from '../lib/secret.ts';
import type { RequestScope } from './call.ts';
import type { ParseCache } from './parse-cache.ts';
import { readFailure, readSuccess } from './read-response.ts';
import { isSuccess, toResponse, type UpstreamResponse } from './response.ts';
import type { Received, ReusableCall, Reuse } from './reuse.ts';
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

/** What the calls to all vendors share. */
export interface UpstreamMeans {
  readonly settings: UpstreamSettings;
  readonly transport: Transport;
  readonly parseCache: ParseCache;
  /** Undefined if responses are not used again. */
  readonly reuse?: Reuse | undefined;
}

/** Calls to one vendor, for all requests: what every provider's client needs. */
export class Upstream {
  readonly #vendor: Vendor;
  readonly #sites: Sites;
  readonly #parseCache: ParseCache;
  readonly #reuse: Reuse | undefined;
  readonly #maxBytes: number;
  readonly #flights = new SingleFlight<Received<unknown>>();

  constructor(vendor: Vendor, { settings, transport, parseCache, reuse }: UpstreamMeans) {
    this.#vendor = vendor;
    this.#sites = new Sites(settings, transport, vendor.retryPolicy);
    this.#parseCache = parseCache;
    this.#reuse = reuse;
    this.#maxBytes = settings.maxBytes;
  }

  /**
   * Calls the vendor, unless a stored response may be used. Simultaneous equal requests with the same credentials share
   * one call if they are repeatable. A response with the same bytes as the last one is not parsed again.
   * @throws {RolecallError} if the call fails
   */
  async fetch<T>(request: VendorRequest, reader: Reader<T>): Promise<T> {
    const { method = 'GET' } = request;
    const reuse = method === 'GET' ? this.#reuse : undefined;
    const call = this.#prepare(request, method, reader, reuse);
    try {
      const { value, receivedAt } = await (reuse?.fetch(call, request) ?? call.make(request));
      request.received(value, receivedAt);
      return value;
    } catch (error) {
      // The caller may have left a call that goes on for others.
      const failure = failureError(this.#vendor, error);
      if (isRejection(this.#vendor, failure)) request.reject?.();
      throw failure;
    }
  }

  #prepare<T>(
    request: VendorRequest,
    method: 'GET' | 'POST',
    reader: Reader<T>,
    reuse: Reuse | undefined,
  ): ReusableCall<T> {
    const { baseUrl, path, body, secrets, isRepeatable = method === 'GET' } = request;
    const url = new URL(path, baseUrl);
    const headers = { accept: this.#vendor.accept ?? 'application/json', ...request.headers };
    const message = { url, method, headers, body };
    const credential = fingerprint(...secrets);
    const name = [credential, method, url, body === undefined ? '' : hash('sha256', body)].join(
      ' ',
    );
    const key = { url: url.href, secrets, name };
    const read = (response: UpstreamResponse) =>
      this.#parseCache.read(name, response, (json) =>
        readSuccess(this.#vendor, response, json, reader, secrets),
      );

    const call = async (signal: AbortSignal, report: RequestScope['report']) => {
      try {
        const sent = { message, isRepeatable, credential, signal, report };
        const response = await this.#sites.send(baseUrl, sent);
        const receivedAt = Date.now();
        const value = isSuccess(response)
          ? read(response)
          : readFailure(this.#vendor, response, reader, secrets);
        if (isSuccess(response)) this.#sites.accept(baseUrl, credential);
        await reuse?.keep(key, response, receivedAt);
        return { value, receivedAt };
      } catch (error) {
        // Before the caller is told, so that nobody finds the response afterwards.
        await reuse?.dropIfRevoked(key, error);
        throw failureError(this.#vendor, error);
      }
    };

    return {
      key,
      make: ({ signal, report }) =>
        (isRepeatable
          ? this.#flights.join(name, signal, (whileWanted) => call(whileWanted, report))
          : call(signal, report)) as Promise<Received<T>>,
      read: ({ status, encoding, bytes }) =>
        read(toResponse(status, { 'content-encoding': encoding }, bytes, this.#maxBytes)),
    };
  }
}

function isRejection(
  { credentialCodes = ['UPSTREAM_UNAUTHENTICATED'] }: Vendor,
  failure: unknown,
): boolean {
  return failure instanceof RolecallError && credentialCodes.includes(failure.extensions.code);
}
