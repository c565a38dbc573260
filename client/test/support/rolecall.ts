import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startProcess } from '../../../test/support/process.ts';

/** Rolecall in its own process; without an environment, with its sandbox. */
export async function startRolecall(environment: Readonly<Record<string, string>> = {}) {
  const rolecall = startProcess({ RATE_LIMIT: '0', LOG_LEVEL: 'info', ...environment });
  try {
    const url = await rolecall.listening();
    return { url, [Symbol.asyncDispose]: rolecall[Symbol.asyncDispose] };
  } catch (error) {
    await rolecall[Symbol.asyncDispose]();
    throw error;
  }
}

/** What a stub of a vendor responds with, by the request's headers. */
export type Respond = (headers: Readonly<Record<string, unknown>>) => {
  readonly status?: number;
  readonly body: unknown;
};

/** A server on loopback in a vendor's place. */
export async function startVendor(respond: Respond) {
  const server = createServer((request, response) => {
    const { status = 200, body } = respond(request.headers);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Environment variables with keys for Datadog at this URL. */
export const datadogAt = (url: string) => ({
  DD_API_KEY: 'a'.repeat(32),
  DD_APP_KEY: 'b'.repeat(40),
  DATADOG_API_URL: url,
  UPSTREAM_RETRIES: '0',
});

/** Environment variables with a key for HeyGen at this URL. */
export const heygenAt = (url: string) => ({
  HEYGEN_API_KEY: 'heygen-key-of-nobody',
  HEYGEN_API_URL: url,
  HEYGEN_API_VERSION: 'v1',
  UPSTREAM_RETRIES: '0',
});
