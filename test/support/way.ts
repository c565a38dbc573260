import type { CallReport } from '../../src/upstream/call.ts';
import { DocumentMemory } from '../../src/upstream/document-memory.ts';
import type { Reply } from '../../src/upstream/reply.ts';
import type { UpstreamSettings } from '../../src/upstream/settings.ts';
import { createTransport } from '../../src/upstream/transport.ts';
import { Upstream } from '../../src/upstream/upstream.ts';
import { readConfig } from './config.ts';

/** The way to these sites alone, without a provider or a server. */
export function upstreamOf(
  site: { readonly url: string },
  settings: Partial<UpstreamSettings> = {},
) {
  const defaults = readConfig({}).upstream;
  const upstream = new Upstream(
    { ...defaults, ...settings },
    createTransport(defaults.proxy),
    new DocumentMemory(0),
  );
  const reports: CallReport[] = [];
  return {
    reports,
    accept: (credential: string, { url } = site) => upstream.accept(new URL(url), credential),
    get(
      credential: string,
      { url, signal }: { url?: string; signal?: AbortSignal } = {},
    ): Promise<Reply> {
      const baseUrl = new URL(url ?? site.url);
      return upstream.get(baseUrl, {
        url: baseUrl,
        credential,
        headers: { 'x-credential': credential },
        signal: signal ?? new AbortController().signal,
        report: (report) => reports.push(report),
      });
    },
  };
}
