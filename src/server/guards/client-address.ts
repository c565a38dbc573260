import type { IncomingMessage } from 'node:http';
import { SocketAddress } from 'node:net';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';
import type { ServerSettings } from '../settings.ts';

/** An IPv6 client has all 2^64 addresses of its network (RFC 6177), so the network identifies it. */
const NETWORK_PARTS = 4;
/** A caller within the proxies' subnets could list thousands, each of which takes a tenth of a millisecond. */
const MAX_PROXIES = 16;

/** The network of a client's address; `unknown` if it is none. */
export function networkOf(text: string | undefined): string {
  const address = parseAddress(text);
  if (address === undefined) return 'unknown';
  if (address instanceof ipaddr.IPv4) return address.toString();
  return address.parts
    .slice(0, NETWORK_PARTS)
    .map((part) => part.toString(16))
    .join(':');
}

/**
 * The network that a request comes from, according to the trusted proxies' `X-Forwarded-For`.
 * If a proxy gives no valid address, the proxy counts as the client.
 */
export function clientNetwork(
  request: IncomingMessage,
  trustProxy: ServerSettings['trustProxy'],
): string {
  const addresses = proxyAddr.all(
    request,
    (address, hop) => hop < MAX_PROXIES && trustProxy(parseAddress(address)?.toString() ?? '', hop),
  );
  return networkOf(addresses.findLast((address) => parseAddress(address) !== undefined));
}

/** Removes the port, which some proxies add, and turns IPv4-mapped IPv6 addresses into IPv4. */
function parseAddress(text: string | undefined): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!text) return undefined;
  const address = ipaddr.isValid(text) ? text : SocketAddress.parse(text)?.address;
  return address === undefined ? undefined : ipaddr.process(address);
}
