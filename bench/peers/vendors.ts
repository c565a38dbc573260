import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { KEY_HEADERS } from '../contract.ts';

/** The two calls, written with care, for peers without their own HTTP client. */

const { DATADOG_API_URL, HEYGEN_API_URL } = process.env;

export interface Resource {
  readonly type: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: the vendor may send anything
  readonly attributes: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: the vendor may send anything
  readonly relationships: Record<string, any>;
}

export interface DatadogDocument {
  readonly data: Resource;
  readonly included: readonly Resource[];
}

export interface HeyGenBody {
  readonly data: Record<string, string>;
}

async function getJson<T>(url: string, headers: Record<string, string>): Promise<T> {
  const response = await request(url, { headers: { ...headers, 'accept-encoding': 'gzip' } });
  const bytes = await response.body.bytes();
  if (response.statusCode !== 200) throw new Error(`The upstream sent ${response.statusCode}.`);
  const gzipped = response.headers['content-encoding'] === 'gzip';
  return JSON.parse((gzipped ? gunzipSync(bytes) : Buffer.from(bytes)).toString());
}

export function fetchDatadog(headers: IncomingHttpHeaders): Promise<DatadogDocument> {
  return getJson(`${DATADOG_API_URL}/api/v2/current_user`, {
    [KEY_HEADERS.datadogApi]: String(headers[KEY_HEADERS.datadogApi]),
    [KEY_HEADERS.datadogApplication]: String(headers[KEY_HEADERS.datadogApplication]),
  });
}

export function fetchHeyGen(headers: IncomingHttpHeaders): Promise<HeyGenBody> {
  return getJson(`${HEYGEN_API_URL}/v1/user/me`, {
    'x-api-key': String(headers[KEY_HEADERS.heygen]),
  });
}
