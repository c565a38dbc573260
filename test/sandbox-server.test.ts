import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { startSandbox } from '../src/process/sandbox-server.ts';
import type { ProviderSandbox } from '../src/providers/provider.ts';
import { readConfig } from './support/config.ts';

test('a provider’s sandbox sees the method, path, query, headers and body of a request', async () => {
  const config = readConfig({});
  const [{ provider, settings } = assert.fail()] = config.providers;
  const sandbox: ProviderSandbox<{ credentials: undefined; baseUrl?: URL }> = {
    variables: [],
    settings: (own, baseUrl) => ({ ...own, baseUrl }),
    respond: ({ headers, query, ...rest }) => ({
      status: 418,
      body: { ...rest, query: [...query], key: headers.get('X-Key') },
    }),
  };
  const fictional = { ...provider, field: 'fictional', sandbox: sandbox as never };
  const { server, config: led } = await startSandbox({
    ...config,
    providers: [{ provider: fictional, settings }],
  });
  try {
    const [{ settings: own } = assert.fail()] = led.providers;
    const { baseUrl } = own.value as unknown as { baseUrl: URL };
    const response = await fetch(new URL('a/b?c=d&c=e', baseUrl), {
      method: 'POST',
      headers: { 'x-key': 'fictional-key' },
      body: 'é',
    });
    assert.equal(response.status, 418);
    assert.deepEqual(await response.json(), {
      method: 'POST',
      path: '/a/b',
      query: [
        ['c', 'd'],
        ['c', 'e'],
      ],
      body: 'é',
      key: 'fictional-key',
    });
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});
