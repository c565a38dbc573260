import { EnvHttpProxyAgent } from 'undici';
import type { ProxySettings } from './settings.ts';

/** Sends requests: keeps connections open, and goes through a proxy where one is set. */
export type Transport = EnvHttpProxyAgent;

const LOOPBACK = 'localhost,127.0.0.1,::1';

/** What listens on loopback is never behind a proxy. */
export function createTransport({ httpsProxy, httpProxy, noProxy }: ProxySettings): Transport {
  return new EnvHttpProxyAgent({
    // An empty text keeps the agent from looking into the process's environment itself.
    httpsProxy: httpsProxy ?? '',
    httpProxy: httpProxy ?? '',
    noProxy: [noProxy, LOOPBACK].filter(Boolean).join(','),
  });
}
