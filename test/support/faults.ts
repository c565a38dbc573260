import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { json, type Script, text } from './upstream.ts';

const MEBIBYTE = 1024 ** 2;
const BOMB = gzipSync(Buffer.alloc(64 * MEBIBYTE, ' '));
const HTML = `<html><body>${'<p>The server made a mistake.</p>'.repeat(2000)}</body></html>`;

/** The timeout of an attempt. */
export const ATTEMPT_MS = 20_000;

export interface Fault {
  readonly script: Script;
  /** The code that the caller sees; none if a retry succeeds. */
  readonly code?: string;
  /** How many requests the vendor gets, with `UPSTREAM_RETRIES=2`. */
  readonly attempts: number;
  /** Does it last for much of `ATTEMPT_MS`? Then tests stop the time. */
  readonly isLong?: true;
  readonly retryAfter?: number;
}

/** By name: the faults whose outcome differs from `httpPolicy` for one vendor. */
export type FaultsOfVendor = Readonly<Record<string, Partial<Omit<Fault, 'script' | 'isLong'>>>>;

/**
 * The faults of a vendor, by name.
 * @param good the body of its successful responses
 * @param ofVendor outcomes that differ for this vendor
 */
export function faults(good: unknown, ofVendor: FaultsOfVendor): Readonly<Record<string, Fault>> {
  const all = faultsByHttp(good);
  for (const [name, difference] of Object.entries(ofVendor)) {
    const fault = all[name];
    if (fault === undefined) throw new Error(`No fault has the name ${name}`);
    all[name] = { ...fault, ...difference };
  }
  return all;
}

function faultsByHttp(good: unknown): Record<string, Fault> {
  const succeed = json(good);
  return {
    '401': {
      script: json({ errors: ['no'], message: 'no' }, 401),
      code: 'UPSTREAM_UNAUTHENTICATED',
      attempts: 1,
    },
    '403': {
      script: json({ errors: ['no'], message: 'no' }, 403),
      code: 'UPSTREAM_FORBIDDEN',
      attempts: 1,
    },
    '404': {
      script: json({ errors: ['no'], message: 'no' }, 404),
      code: 'UPSTREAM_NOT_FOUND',
      attempts: 1,
    },
    '410': { script: text('', 410), code: 'UPSTREAM_NOT_FOUND', attempts: 1 },
    '429 without headers': { script: text('', 429), code: 'UPSTREAM_RATE_LIMITED', attempts: 3 },
    '429 with a long Retry-After': {
      script: text('', 429, { 'retry-after': '120' }),
      code: 'UPSTREAM_RATE_LIMITED',
      attempts: 1,
      retryAfter: 120,
    },
    '429 with Retry-After as a date': {
      script: text('', 429, {
        date: 'Fri, 03 Jul 2026 13:37:00 GMT',
        'retry-after': 'Fri, 03 Jul 2026 13:38:30 GMT',
      }),
      code: 'UPSTREAM_RATE_LIMITED',
      attempts: 1,
      retryAfter: 90,
    },
    '429 with X-RateLimit-Reset': {
      script: text('', 429, { 'x-ratelimit-reset': '30' }),
      code: 'UPSTREAM_RATE_LIMITED',
      attempts: 3,
    },
    '429 with a reset of garbage': {
      script: text('', 429, { 'x-ratelimit-reset': 'NaN' }),
      code: 'UPSTREAM_RATE_LIMITED',
      attempts: 3,
    },
    '500 in HTML': { script: text(HTML, 500), code: 'UPSTREAM_UNAVAILABLE', attempts: 3 },
    '502': { script: text('', 502), code: 'UPSTREAM_UNAVAILABLE', attempts: 3 },
    'an empty body': { script: text(''), code: 'UPSTREAM_INVALID_RESPONSE', attempts: 1 },
    null: { script: json(null), code: 'UPSTREAM_INVALID_RESPONSE', attempts: 1 },
    truncated: {
      script: (response) => {
        response
          .writeHead(200, { 'content-length': '500' })
          .write(JSON.stringify(good).slice(0, 50), () => response.destroy());
      },
      code: 'UPSTREAM_UNAVAILABLE',
      attempts: 3,
    },
    'truncated, and called whole': {
      script: text(JSON.stringify(good).slice(0, 50)),
      code: 'UPSTREAM_INVALID_RESPONSE',
      attempts: 1,
    },
    'the wrong shape': {
      script: json({ data: [good] }),
      code: 'UPSTREAM_INVALID_RESPONSE',
      attempts: 1,
    },
    'a body of 512 MiB': {
      script: endless(512 * MEBIBYTE),
      code: 'UPSTREAM_INVALID_RESPONSE',
      attempts: 1,
    },
    'a zip bomb': {
      script: (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB),
      code: 'UPSTREAM_INVALID_RESPONSE',
      attempts: 1,
    },
    drip: {
      script: (response) => {
        response.writeHead(200).write('{');
        drip(response);
      },
      code: 'UPSTREAM_TIMEOUT',
      attempts: 1,
      isLong: true,
    },
    hang: { script: () => {}, code: 'UPSTREAM_TIMEOUT', attempts: 1, isLong: true },
    'hang after a failure': {
      script: (response, seen, call) => void (call === 1 && text('', 503)(response, seen, call)),
      code: 'UPSTREAM_TIMEOUT',
      attempts: 2,
      isLong: true,
    },
    reset: {
      script: (response) => void response.socket?.resetAndDestroy(),
      code: 'UPSTREAM_UNAVAILABLE',
      attempts: 3,
    },
    'a redirect': {
      script: text('', 302, { location: 'http://127.0.0.1:1/' }),
      code: 'UPSTREAM_INVALID_RESPONSE',
      attempts: 1,
    },
    'deep JSON': {
      script: text('['.repeat(MEBIBYTE) + ']'.repeat(MEBIBYTE)),
      code: 'UPSTREAM_INVALID_RESPONSE',
      attempts: 1,
    },
    'deep JSON inside a good document': {
      script: text(
        JSON.stringify(good).replace('{', `{"deep":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)},`),
      ),
      code: 'UPSTREAM_INVALID_RESPONSE',
      attempts: 1,
    },
    'polluting keys': {
      script: text(
        JSON.stringify(good).replace(
          '{',
          '{"__proto__":{"name":"polluted","code":1},"constructor":{"prototype":{"name":"polluted"}},',
        ),
      ),
      attempts: 1,
    },
    'interim responses': {
      script: (response, seen, call) => {
        response.writeProcessing();
        response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
        succeed(response, seen, call);
      },
      attempts: 1,
    },
    slow: {
      script: (...call) => void setTimeout(() => succeed(...call), ATTEMPT_MS / 2),
      attempts: 1,
      isLong: true,
    },
    flaky: {
      script: (response, seen, call) => (call < 3 ? text('', 503) : succeed)(response, seen, call),
      attempts: 3,
    },
  };
}

/** Sends a byte per turn until the connection is closed. */
function drip(response: ServerResponse): void {
  response.write(' ');
  if (!response.destroyed) setImmediate(drip, response);
}

/** Sends this many bytes as fast as they are read, and stops when the connection is closed. */
function endless(bytes: number): Script {
  return (response) => {
    const chunk = Buffer.alloc(MEBIBYTE, ' ');
    const chunks = Readable.from(Array.from({ length: bytes / MEBIBYTE }, () => chunk));
    pipeline(chunks, response.writeHead(200), () => {});
  };
}
