import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Config } from '../config/index.ts';
import type { ConfiguredProvider } from '../providers/credential-source.ts';

export interface Sandbox {
  /** The configuration with the sandbox's URLs and keys for every provider. */
  readonly config: Config;
  readonly server: Server;
}

/**
 * Starts a server on loopback that speaks the vendors' wire formats, each below its own path, so that the sandbox uses
 * the same client code as the vendors do.
 */
export async function startSandbox(config: Config): Promise<Sandbox> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const [path = '/', query] = url.split('?');
    const [, mount, ...rest] = path.split('/');
    const mounted = config.providers.find(({ provider }) => provider.field === mount);
    const { status, body } = mounted?.provider.sandbox.respond({
      method,
      path: `/${rest.join('/')}`,
      query: new URLSearchParams(query),
      headers: new Headers(headers as Record<string, string>),
      body: await text(request),
    }) ?? { status: 404, body: { error: 'Not found' } };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  // Lets the process exit.
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const toSandbox = ({ provider, settings }: ConfiguredProvider): ConfiguredProvider => ({
    provider,
    settings: {
      value: provider.sandbox.settings(
        settings.value,
        new URL(`http://127.0.0.1:${port}/${provider.field}/`),
      ),
    },
  });
  return { config: { ...config, providers: config.providers.map(toSandbox) }, server };
}
