import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { launchBrowser, openPage, untilSettled } from './support/browser.ts';
import { startExample } from './support/example.ts';
import { card } from './support/page.ts';

for (const command of ['dev', 'preview'] as const) {
  test(`\`${command}\` starts a Rolecall of its own, and the page asks it three times`, async () => {
    await using example = await startExample(command);
    await using browser = await launchBrowser();
    await using opened = await openPage(browser, 'about:blank');
    const { page } = opened;
    const operations: string[] = [];
    page.on('request', (request) => {
      const { query = '' } = request.url().endsWith('/graphql') ? request.postDataJSON() : {};
      const [name] = /(?<=query )\w+/.exec(query) ?? [];
      if (name) operations.push(name);
      const { protocol, origin } = new URL(request.url());
      assert.ok(protocol === 'data:' || origin === new URL(example.url).origin, request.url());
    });
    await page.goto(example.url);
    await untilSettled(page);
    await card(page, 'Datadog').getByText('robin@sandbox.example').waitFor();
    // Eight buttons share one.
    const expected = ['PermissionChecks', 'Roles', 'Viewer'];
    assert.deepEqual([...new Set(operations)].sort(), expected);
    // In development, StrictMode mounts twice.
    if (command === 'preview') assert.deepEqual(operations.sort(), expected);
  });
}

test('ROLECALL_URL names one that runs; it gets the keys, and nothing that the page adds, which says if it is gone', async () => {
  const seen: Record<string, unknown>[] = [];
  const rolecall = createServer(({ headers, url }, response) => {
    seen.push({ ...headers, url });
    response.writeHead(200, { 'content-type': 'application/json', 'x-other': 'stays' });
    response.end('{"data":null}');
  }).listen(0, '127.0.0.1');
  await once(rolecall, 'listening');
  const { port } = rolecall.address() as AddressInfo;
  try {
    await using example = await startExample('preview', {
      ROLECALL_URL: `http://127.0.0.1:${port}/some/graphql`,
    });
    const ask = (headers: Record<string, string>) =>
      fetch(new URL('/graphql', example.url), { method: 'POST', body: '{}', headers });
    const response = await ask({
      'content-type': 'application/json',
      'x-person': 'rowan',
      'x-heygen': 'disconnected',
      cookie: 'own=1',
      'dd-api-key': 'of-the-page',
    });
    assert.equal(await response.text(), '{"data":null}');
    assert.equal(response.headers.get('x-other'), null);
    const [{ url, cookie, ...headers } = assert.fail()] = seen;
    assert.deepEqual(
      {
        url,
        cookie,
        apiKey: headers['dd-api-key'],
        appKey: headers['dd-application-key'],
        heygen: headers['x-heygen-api-key'],
        person: headers['x-person'],
      },
      {
        url: '/some/graphql',
        cookie: undefined,
        apiKey: 'sandbox-key-rowan',
        appKey: 'sandbox-key-rowan',
        heygen: undefined,
        person: undefined,
      },
    );
    const refused = await ask({ 'x-person': 'nobody' });
    assert.equal(refused.status, 400);
    assert.equal(seen.length, 1);

    rolecall.closeAllConnections();
    rolecall.close();
    await using browser = await launchBrowser();
    await using opened = await openPage(browser, example.url);
    const identity = opened.page.getByRole('region', { name: 'Who am I?' });
    await identity.getByText('The backend cannot reach Rolecall. Is it running?').waitFor();
  } finally {
    rolecall.closeAllConnections();
    rolecall.close();
  }
});
