import { createServer, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { SIZES, type Size } from '../contract.ts';
import { ready } from '../ready.ts';
import { datadogBody, heygenBody, VERSION } from './documents.ts';

/** Both vendors in one process, as cheap as possible: bodies are generated and compressed before the first request. */

/** A fresh response differs from the last one; responses repeat after this many. */
const VERSIONS = 8;

interface Body {
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

function versions(body: string): Body[] {
  return Array.from({ length: VERSIONS }, (_, version) => {
    const plain = Buffer.from(body.replaceAll(VERSION, String(version).padStart(4, '0')));
    return { plain, gzipped: gzipSync(plain) };
  });
}

const datadog = Object.fromEntries(
  Object.keys(SIZES).map((size) => [size, versions(datadogBody(size as Size))]),
);
const heygen = versions(heygenBody());

const counts = new Map<string, number>();

/** Counts per credential and vendor, so that all peers get the same responses for the same number of requests. */
function versionFor(vendor: string, key: string): number {
  if (key.split('-')[1] !== 'fresh') return 0;
  const counter = `${vendor} ${key}`;
  const count = counts.get(counter) ?? 0;
  counts.set(counter, count + 1);
  return count % VERSIONS;
}

function send(response: ServerResponse, body: Body | undefined, gzip: boolean): void {
  if (body === undefined) {
    response.writeHead(404).end();
    return;
  }
  const bytes = gzip ? body.gzipped : body.plain;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(bytes);
}

const server = createServer(({ url, headers }, response) => {
  const gzip = /\bgzip\b/.test(String(headers['accept-encoding']));
  if (url === '/api/v2/current_user') {
    const key = String(headers['dd-api-key']);
    send(response, datadog[key.split('-')[0] ?? '']?.[versionFor('datadog', key)], gzip);
  } else if (url === '/v1/user/me') {
    send(response, heygen[versionFor('heygen', String(headers['x-api-key']))], gzip);
  } else {
    send(response, undefined, gzip);
  }
});
// If the server closed an idle pooled connection, its peer would have to retry.
server.keepAliveTimeout = 0;
ready(server);
