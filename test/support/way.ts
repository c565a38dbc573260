import type { CallReport } from '../../src/upstream/call.ts';
import type { UpstreamResponse } from '../../src/upstream/response.ts';
import { httpPolicy, type RetryPolicy } from '../../src/upstream/retry-policy.ts';
import type { UpstreamSettings } from '../../src/upstream/settings.ts';
import { Sites } from '../../src/upstream/sites.ts';
import { createTransport } from '../../src/upstream/transport.ts';
import { readConfig } from './config.ts';

/** The policy, and a promise for the first call of `secondsToWait`. From then on, only promises are pending. */
export function watchWait(policy: RetryPolicy) {
  const waiting = Promise.withResolvers<void>();
  return {
    waiting: waiting.promise,
    policy: {
      ...policy,
      secondsToWait(head) {
        waiting.resolve();
        return policy.secondsToWait(head);
      },
    } satisfies RetryPolicy,
  };
}

/** Calls to this site, without a provider or a server. */
export function upstreamOf(
  site: { readonly url: string },
  settings: Partial<UpstreamSettings> = {},
  policy: RetryPolicy = httpPolicy,
) {
  const defaults = readConfig({}).upstream;
  const sites = new Sites({ ...defaults, ...settings }, createTransport(defaults.proxy), policy);
  const reports: CallReport[] = [];
  return {
    reports,
    accept: (credential: string, { url } = site) => sites.accept(new URL(url), credential),
    get(
      credential: string,
      { url, signal }: { url?: string; signal?: AbortSignal } = {},
    ): Promise<UpstreamResponse> {
      const baseUrl = new URL(url ?? site.url);
      return sites.send(baseUrl, {
        message: { url: baseUrl, method: 'GET', headers: { 'x-credential': credential } },
        isRepeatable: true,
        credential,
        signal: signal ?? new AbortController().signal,
        report: (report) => reports.push(report),
      });
    },
  };
}
