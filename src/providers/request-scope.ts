import type { Trace } from '../context.ts';
import type { RequestScope } from '../upstream/call.ts';

/** RFC 9111, 5.2.1.4. */
const NO_CACHE = /(^|[,\s])no-cache($|[,;=\s])/i;

/** What calls for this request need. @param name of the provider, for the log */
export function scopeOf(
  { signal, headers }: Request,
  { upstream, warnings, receivedAt }: Trace,
  name: string,
): RequestScope {
  return {
    signal,
    mustAskVendor: NO_CACHE.test(headers.get('cache-control') ?? ''),
    report: (report) => upstream.push({ provider: name, ...report }),
    warn: (failure) => warnings.add(failure),
    received: (value, at) => receivedAt.set(value, at),
  };
}
