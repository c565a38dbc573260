import { type ErrorDetails, RolecallError } from './errors.ts';
import type { Operation } from './operation.ts';
import type { Provider } from './operations.ts';

/** Where Rolecall is, and how to ask it. */
export interface Endpoint {
  /** The URL of Rolecall's GraphQL endpoint; a browser also accepts a path. */
  readonly url: string | URL;
  /** Headers of each request, such as `Authorization`. A function is called for each request. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>) | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** A response: with data, errors or both. */
export interface Result<Data> {
  readonly data: Data | null;
  readonly errors: readonly ErrorDetails[];
}

/**
 * Sends one operation.
 * @param signal aborts the request; callers follow it with `abortable`
 * @throws {RolecallError} without a response that can be read
 * @throws whatever the function for headers throws
 */
export async function send<Data, Variables>(
  { url, headers, fetch: send = fetch }: Endpoint,
  query: Operation<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result<Data>> {
  const sent = new Headers(await (typeof headers === 'function' ? headers() : headers));
  signal?.throwIfAborted();
  sent.set('content-type', 'application/json');
  sent.set('accept', 'application/graphql-response+json, application/json');
  let response: Response;
  let text: string;
  try {
    response = await send(url, {
      method: 'POST',
      headers: sent,
      body: JSON.stringify({ query, variables }),
      signal: signal ?? null,
    });
    text = await response.text();
  } catch {
    // Without the cause, which may hold the request's headers.
    throw failure(
      'NETWORK_ERROR',
      'Rolecall could not be reached, or its response could not be read. Check the URL, and for a page of another origin, Rolecall’s CORS_ORIGINS.',
    );
  }
  return read<Data>(response, text);
}

/** An error of this client. */
export function failure(
  code: ErrorDetails['code'],
  message: string,
  retryAfter: number | null = null,
): RolecallError {
  return new RolecallError({ message, code, provider: null, retryAfter });
}

function read<Data>({ status, headers }: Response, text: string): Result<Data> {
  const retryAfter = secondsOf(headers.get('retry-after'));
  const { data, errors } = parse(text);
  const list: readonly unknown[] = Array.isArray(errors) ? errors : [];
  if (!isObject(data) && list.length === 0) {
    const code = codeOf(status);
    const advice = code === 'INVALID_RESPONSE' ? ' Check the URL.' : '';
    const message = `The response (HTTP ${status}) is not a GraphQL response.${advice}`;
    throw failure(code, message, retryAfter);
  }
  return {
    data: isObject(data) ? (data as Data) : null,
    errors: list.map((error) => detailsOf(error, retryAfter)),
  };
}

/** For responses that are not Rolecall's, such as a proxy's. */
function codeOf(status: number): ErrorDetails['code'] {
  if (status === 429) return 'RATE_LIMITED';
  return status >= 500 ? 'NETWORK_ERROR' : 'INVALID_RESPONSE';
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function detailsOf(error: unknown, retryAfter: number | null): ErrorDetails {
  const { message, extensions } = isObject(error) ? error : {};
  const details = isObject(extensions) ? extensions : {};
  return {
    message: String(message),
    code: String(details['code'] ?? 'INVALID_RESPONSE'),
    provider: (details['provider'] as Provider | undefined) ?? null,
    retryAfter: typeof details['retryAfter'] === 'number' ? details['retryAfter'] : retryAfter,
  };
}

/** `Retry-After` is a number of seconds or a date. */
function secondsOf(value: string | null): number | null {
  if (value === null) return null;
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : Math.ceil((Date.parse(value) - Date.now()) / 1_000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
