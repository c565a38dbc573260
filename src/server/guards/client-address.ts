import type { IncomingMessage } from 'node:http';
import { SocketAddress } from 'node:net';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';
import type { ServerSettings } from '../settings.ts';

/** Of an IPv6 address the network: whoever has one address has all 2^64 of its network (RFC 6177). */
const NETWORK_PARTS = 4;
/** A caller among the proxies' own addresses could name thousands, at a tenth of a millisecond each. */
const MAX_PROXIES = 16;

/**
 * The network that a request comes from, as `X-Forwarded-For` of the trusted proxies tells it.
 * Where one of them tells no address, it is the proxy itself.
 */
export function clientNetwork(
  request: IncomingMessage,
  trustProxy: ServerSettings['trustProxy'],
): string {
  const addresses = proxyAddr.all(
    request,
    (address, hop) => hop < MAX_PROXIES && trustProxy(parseAddress(address)?.toString() ?? '', hop),
  );
  const address = addresses.map(parseAddress).findLast((each) => each !== undefined);
  if (address === undefined) return 'unknown';
  if (address instanceof ipaddr.IPv4) return address.toString();
  return address.parts
    .slice(0, NETWORK_PARTS)
    .map((part) => part.toString(16))
    .join(':');
}

/** Without its port, which some proxies add, and as IPv4 where it is an IPv4 address in IPv6's clothes. */
function parseAddress(text: string | undefined): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!text) return undefined;
  const address = ipaddr.isValid(text) ? text : SocketAddress.parse(text)?.address;
  return address === undefined ? undefined : ipaddr.process(address);
}
