import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { version } from '../lib/version.ts';
import { Chunks } from './chunks.ts';
import { UpstreamFailure } from './failure.ts';
import { tooLarge, toResponse, type UpstreamResponse } from './response.ts';
import type { Transport } from './transport.ts';

/** What is sent to a server. */
export interface Message {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** Of its own; `user-agent` and `accept-encoding` come with every message. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

const COMMON_HEADERS = { 'user-agent': `rolecall/${version}`, 'accept-encoding': 'gzip' };

/**
 * One request, and its response with the whole body. Follows no redirect.
 * @param maxBytes the longest body that is accepted, as it travels and decoded
 * @throws {TypeError} "fetch failed", as `fetch` does, where the connection fails or breaks off
 * @throws {UpstreamFailure} `invalid` where the body is too large
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
 * Gathers a response. undici's `request` would put a stream around each body, at a tenth of what a small request takes:
 * with it, much of what a request leaves behind outlives minor collections.
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

  /** Also called for interim responses (RFC 9110, 15.2): the last one counts. */
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
    // This ends the connection.
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
