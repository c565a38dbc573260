import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startSandbox } from '../src/process/sandbox-server.ts';
import { user, v1 } from './fixtures/heygen.ts';
import { readConfig } from './support/config.ts';
import { stoppedListening } from './support/connection.ts';
import { startProcess } from './support/process.ts';
import { fixtures, goodVendor, ofAll } from './support/providers.ts';
import { json, startUpstream } from './support/upstream.ts';

/** One display name for each provider. */
const ROBINS = fixtures.map(() => 'Robin Sandbox').join();

async function displayName(url: string): Promise<string> {
  const query = encodeURIComponent('{ viewer { users { displayName } } }');
  const response = await fetch(`${url}?query=${query}`, {
    headers: { accept: 'application/graphql-response+json' },
  });
  const { data } = (await response.json()) as {
    data: { viewer: { users: { displayName: string }[] } };
  };
  return data.viewer.users.map((each) => each.displayName).join();
}

describe('start', () => {
  test('without credentials: on the sandbox, and says so', async () => {
    await using rolecall = startProcess();
    const url = await rolecall.listening();
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
    assert.match(rolecall.stdout(), /"level":40,[^\n]*SANDBOX: .* fictional/);
    const titles = fixtures.map(({ provider }) => provider.title).join(', ');
    assert.ok(rolecall.stdout().includes(`Providers: ${titles} (sandbox)`));
    assert.equal(await displayName(url), ROBINS);
    assert.equal((await fetch(new URL('/health', url))).status, 200);
  });

  for (const fixture of fixtures) {
    const { provider, keys, urlVariable, variables, user } = fixture;
    test(`with ${Object.keys(keys).join(' and ')}: on ${provider.title}, without the sandbox`, async () => {
      await using vendor = await startUpstream(goodVendor(fixture));
      await using rolecall = startProcess({ ...keys, ...variables, [urlVariable]: vendor.url });
      assert.equal(await displayName(await rolecall.listening()), user['displayName']);
      assert.doesNotMatch(rolecall.stdout(), /sandbox/i);
      assert.ok(rolecall.stdout().includes(`Providers: ${provider.title} at ${vendor.url}"`));
    });
  }

  test('a real key is never sent to the sandbox, nor past it', async () => {
    await using vendor = await startUpstream(json({}));
    const urls = fixtures.map(({ urlVariable }) => [urlVariable, vendor.url]);
    await using rolecall = startProcess({
      SANDBOX: '1',
      ...ofAll('keys'),
      ...Object.fromEntries(urls),
    });
    // The sandbox refuses all keys but its own.
    assert.equal(await displayName(await rolecall.listening()), ROBINS);
    assert.equal(vendor.seen.length, 0);
  });

  test('the sandbox speaks both versions of HeyGen', async () => {
    for (const HEYGEN_API_VERSION of ['v1', 'v3']) {
      await using rolecall = startProcess({ HEYGEN_API_VERSION });
      assert.equal(await displayName(await rolecall.listening()), ROBINS);
    }
  });

  test('.env adds to the environment, which wins, also where it is empty', async () => {
    await using heygen = await startUpstream(json(v1({ ...user, first_name: 'Dot' })));
    const dotenv = `HEYGEN_API_KEY=k\nHEYGEN_API_URL=${heygen.url}\nGRAPHIQL=off\n`;
    await using fromFile = startProcess({}, { dotenv });
    assert.equal(await displayName(await fromFile.listening()), 'Dot Fictional');
    await using marked = startProcess({}, { dotenv: `\uFEFF${dotenv}` });
    assert.equal(await displayName(await marked.listening()), 'Dot Fictional');
    await using overridden = startProcess({ HEYGEN_API_KEY: '' }, { dotenv });
    assert.equal(await displayName(await overridden.listening()), ROBINS);
  });
});

test('no URL crashes the sandbox', async () => {
  const { server } = await startSandbox(readConfig({}));
  const { port } = server.address() as AddressInfo;
  const mounts = fixtures.map(({ provider }) => `/${provider.field}//..`);
  for (const path of ['//', '*', '/%', ...mounts]) {
    await new Promise((resolve, reject) => {
      request({ port, path }, (response) => response.resume().once('end', resolve))
        .once('error', reject)
        .end();
    });
  }
});

describe('what ends the process', () => {
  test('bad configuration: exit 2, one text, no stack and no value', async () => {
    const { exited } = startProcess({ PORT: 'x', DD_API_KEY: 'marked-secret' });
    const { code, stdout, stderr } = await exited;
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^Rolecall cannot start: 2 settings are wrong\.\n {2}- PORT must/);
    assert.doesNotMatch(stderr, /marked-secret|\n\s+at /);
  });

  test('production without credentials: exit 2', async () => {
    const { code, stderr } = await startProcess({ NODE_ENV: 'production' }).exited;
    assert.equal(code, 2);
    assert.match(stderr, /No credentials: set DD_API_KEY and DD_APP_KEY/);
  });

  test('a port in use: exit 1 and one line', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await startProcess({ PORT: String(port) }).exited;
    server.close();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Rolecall cannot listen on 127\.0\.0\.1 port \d+: the port is in use\. .*\n$/,
    );
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal}: exit 0`, async () => {
      await using rolecall = startProcess();
      await rolecall.listening();
      rolecall.child.kill(signal);
      assert.equal((await rolecall.exited).code, 0);
    });
  }

  test('stopping npm stops the server', async () => {
    await using npm = startProcess(
      { PATH: process.env['PATH'] ?? '' },
      { command: ['npm', 'start', '--silent', '--prefix', join(import.meta.dirname, '..')] },
    );
    const url = await npm.listening();
    npm.child.kill('SIGTERM');
    await npm.exited;
    await stoppedListening(url);
  });
});
