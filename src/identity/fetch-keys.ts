import { isSecureUrl } from '../lib/env-types.ts';
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import { attempt } from '../upstream/attempt.ts';
import { UpstreamFailure } from '../upstream/failure.ts';
import type { Transport } from '../upstream/transport.ts';
import { KeySet } from './key-set.ts';
import type { JwtSettings } from './settings.ts';

/** For discovery document and key set together. */
const TIMEOUT_MS = 5_000;
/** For each of them. The longest published ones have about 20 KB. */
const MAX_BYTES = 512 * 1024;
const DISCOVERY_PATH = '/.well-known/openid-configuration';

/** Why fetching failed, for the log. It does not quote what the issuer sent. */
export class IssuerFailure extends Error {
  override readonly name = 'IssuerFailure';
}

/**
 * Fetches the keys that the issuer signs with: one GET, or two with discovery.
 * https://openid.net/specs/openid-connect-discovery-1_0.html, section 4; RFC 7517, section 5
 * @throws {IssuerFailure} if there are no usable keys
 */
export async function fetchKeys(settings: JwtSettings, transport: Transport): Promise<KeySet> {
  const ended = new AbortController();
  const timedOut = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    timedOut.reject(new IssuerFailure(`the issuer did not respond within ${TIMEOUT_MS} ms`));
    ended.abort();
  }, TIMEOUT_MS);
  try {
    // The signal alone does not end the wait for a connection.
    return await Promise.race([readKeys(settings, transport, ended.signal), timedOut.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function readKeys(
  settings: JwtSettings,
  transport: Transport,
  signal: AbortSignal,
): Promise<KeySet> {
  const get = (url: URL, what: string) => fetchDocument(url, what, signal, transport);
  const url =
    settings.jwksUrl ?? keysUrl(await get(discoveryUrl(settings), 'discovery document'), settings);
  const keys = KeySet.from(await get(url, 'key set'));
  if (keys === undefined) {
    throw new IssuerFailure('the issuer’s key set has no usable key');
  }
  return keys;
}

function discoveryUrl({ issuer }: JwtSettings): URL {
  return new URL(issuer.replace(/\/$/, '') + DISCOVERY_PATH);
}

function keysUrl({ issuer, jwks_uri }: JsonObject, settings: JwtSettings): URL {
  if (issuer !== settings.issuer) {
    throw new IssuerFailure('the `issuer` in the discovery document is not JWT_ISSUER');
  }
  const url = typeof jwks_uri === 'string' ? URL.parse(jwks_uri) : null;
  if (isSecureUrl(url)) return url;
  throw new IssuerFailure('the issuer’s jwks_uri is not an https URL, nor http to loopback');
}

async function fetchDocument(
  url: URL,
  what: string,
  signal: AbortSignal,
  transport: Transport,
): Promise<JsonObject> {
  const message = { url, method: 'GET', headers: { accept: 'application/json' } } as const;
  const response = await attempt(message, signal, MAX_BYTES, transport).catch((error: unknown) => {
    throw toFailure(error, what);
  });
  if (response.status !== 200) {
    throw new IssuerFailure(
      `fetching the issuer’s ${what} returned HTTP status ${response.status}`,
    );
  }
  const json = readJson(response, what);
  if (isJsonObject(json)) return json;
  throw new IssuerFailure(`the issuer’s ${what} is not a JSON object`);
}

function readJson(response: Awaited<ReturnType<typeof attempt>>, what: string): unknown {
  try {
    return response.readBody().json;
  } catch (error) {
    throw toFailure(error, what);
  }
}

function toFailure(error: unknown, what: string): unknown {
  if (error instanceof UpstreamFailure) {
    return new IssuerFailure(`the issuer’s ${what} cannot be read: ${error.message}`);
  }
  if (!(error instanceof TypeError)) return error;
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? 'no code';
  return new IssuerFailure(`the issuer’s ${what} cannot be fetched: ${code}`);
}
