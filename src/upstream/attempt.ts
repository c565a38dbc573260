import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { version } from '../lib/version.ts';
import { Chunks } from './chunks.ts';
import { UpstreamFailure } from './failure.ts';
import { tooLarge, toResponse, type UpstreamResponse } from './response.ts';
import type { Transport } from './transport.ts';

/** A request to a server. */
export interface Message {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** In addition to `user-agent` and `accept-encoding`, which every message has. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

const COMMON_HEADERS = { 'user-agent': `rolecall/${version}`, 'accept-encoding': 'gzip' };

/**
 * Sends one request and resolves with the response and its whole body. Does not follow redirects.
 * @param maxBytes the longest body that is accepted, both encoded and decoded
 * @throws {TypeError} "fetch failed", like `fetch`, if the connection fails
 * @throws {UpstreamFailure} `invalid` if the body is too large
 */
export async function attempt(
  { url, method, headers, body }: Message,
  signal: AbortSignal,
  maxBytes: number,
  transport: Transport,
): Promise<UpstreamResponse> {
  const receiver = new Receiver(signal, maxBytes);
  transport.dispatch(
    {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: { ...headers, ...COMMON_HEADERS },
      body: body ?? null,
    },
    receiver,
  );
  try {
    return await receiver.response;
  } catch (error) {
    if (error instanceof UpstreamFailure) throw error;
    throw new TypeError('fetch failed', { cause: error });
  }
}

/**
 * Collects a response. undici's `request` would create a stream for each body, which costs a tenth of a small request:
 * much of the garbage then survives minor collections.
 */
class Receiver implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #maxBytes: number;
  readonly #response = Promise.withResolvers<UpstreamResponse>();
  readonly #chunks = new Chunks();
  #status = 0;
  #headers: IncomingHttpHeaders = {};

  constructor(signal: AbortSignal, maxBytes: number) {
    this.#signal = signal;
    this.#maxBytes = maxBytes;
  }

  get response(): Promise<UpstreamResponse> {
    return this.#response.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const abort = () => controller.abort(this.#signal.reason);
    if (this.#signal.aborted) abort();
    else this.#signal.addEventListener('abort', abort, { once: true });
  }

  /** Also called for interim responses (RFC 9110, 15.2); the last call is the final response. */
  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.add(chunk);
    // `abort` closes the connection.
    if (this.#chunks.length > this.#maxBytes) controller.abort(tooLarge(this.#maxBytes));
  }

  onResponseEnd(): void {
    const bytes = this.#chunks.toBuffer();
    this.#response.resolve(toResponse(this.#status, this.#headers, bytes, this.#maxBytes));
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#response.reject(error);
  }
}
