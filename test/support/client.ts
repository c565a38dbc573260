import { ResponseCache } from '../../src/upstream/response-cache.ts';
import { createTransport } from '../../src/upstream/transport.ts';
import { Upstream } from '../../src/upstream/upstream.ts';
import type { Vendor } from '../../src/upstream/vendor.ts';
import { readConfig } from './config.ts';

/** An `Upstream` with the default settings, for testing a client without a server. */
export function createUpstream(vendor: Vendor): Upstream {
  const { upstream } = readConfig({});
  return new Upstream(vendor, upstream, createTransport(upstream.proxy), new ResponseCache(1));
}

/** A request whose caller stays connected. Its calls are not reported. */
export const request = { signal: new AbortController().signal, report() {} };
