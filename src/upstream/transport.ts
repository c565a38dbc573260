import { EnvHttpProxyAgent } from 'undici';
import type { ProxySettings } from './settings.ts';

/** Sends requests over persistent connections, and through a proxy if one is set. */
export type Transport = EnvHttpProxyAgent;

const LOOPBACK = 'localhost,127.0.0.1,::1';

/** Loopback is never reached through a proxy. */
export function createTransport({ httpsProxy, httpProxy, noProxy }: ProxySettings): Transport {
  return new EnvHttpProxyAgent({
    // An empty string keeps the agent from reading the environment itself.
    httpsProxy: httpsProxy ?? '',
    httpProxy: httpProxy ?? '',
    noProxy: [noProxy, LOOPBACK].filter(Boolean).join(','),
  });
}
