import type { RequestScope } from '../../src/upstream/call.ts';
import { ParseCache } from '../../src/upstream/parse-cache.ts';
import { createTransport } from '../../src/upstream/transport.ts';
import { Upstream } from '../../src/upstream/upstream.ts';
import type { Vendor } from '../../src/upstream/vendor.ts';
import { readConfig } from './config.ts';

/** An `Upstream` with the default settings, for testing a client without a server. */
export function createUpstream(vendor: Vendor): Upstream {
  const { upstream } = readConfig({});
  return new Upstream(vendor, {
    settings: upstream,
    transport: createTransport(upstream.proxy),
    parseCache: new ParseCache(1),
  });
}

/** A request whose caller stays connected. Nothing of its calls is kept. */
export const request: RequestScope = {
  signal: new AbortController().signal,
  mustAskVendor: false,
  report() {},
  warn() {},
  received() {},
};
