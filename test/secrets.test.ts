import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faults } from './support/faults.ts';
import { startProcess } from './support/process.ts';
import {
  fixtures,
  KEY_MARK,
  ofAll,
  type ProviderFixture,
  vendorSaying,
} from './support/providers.ts';
import { type Script, startUpstream } from './support/upstream.ts';

const MARKED = new RegExp(KEY_MARK);
const ECHO = 'an echo of what was sent';

/** By name: every fault of this vendor, and an error that repeats all request headers. */
function scriptsOf(fixture: ProviderFixture): ReadonlyMap<string, Script> {
  const all = Object.entries(faults(fixture.response, fixture.faults));
  return new Map([
    ...all.map(([name, { script }]) => [name, script] as const),
    [ECHO, vendorSaying(fixture, ({ headers }) => JSON.stringify(headers))],
  ]);
}

/** A server for each vendor. All follow the script of the same name at a time. */
async function startVendors() {
  await using started = new AsyncDisposableStack();
  const vendors = await Promise.all(
    fixtures.map(async (fixture) => {
      const scripts = scriptsOf(fixture);
      const upstream = await startUpstream((...call) => scripts.get(current)?.(...call));
      return { fixture, scripts, upstream: started.use(upstream) };
    }),
  );
  let current = ECHO;
  const everything = started.move();
  return {
    /** The names of their scripts. */
    names: [...(vendors[0]?.scripts.keys() ?? [])],
    doNow(name: string) {
      current = name;
    },
    urls: Object.fromEntries(
      vendors.map(({ fixture, upstream }) => [fixture.urlVariable, upstream.url]),
    ),
    seen: vendors.map(({ upstream }) => upstream.seen),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<string> {
  const fields = fixtures.map(({ provider }) => `${provider.field} { displayName }`);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: `{ viewer { users { id } ${fields.join(' ')} } }` }),
  });
  return JSON.stringify([...response.headers]) + (await response.text());
}

describe('no key is found in responses or output', { concurrency: 3 }, () => {
  for (const CREDENTIALS of ['server', 'request']) {
    test(`CREDENTIALS=${CREDENTIALS}, on every fault of a vendor`, async () => {
      await using vendors = await startVendors();
      await using rolecall = startProcess({
        CREDENTIALS,
        ...(CREDENTIALS === 'server' && ofAll('keys')),
        ...vendors.urls,
        LOG_LEVEL: 'trace',
        DEBUG: '1',
        NODE_ENV: 'development',
        NODE_DEBUG: 'http,net,undici',
        UPSTREAM_TIMEOUT_MS: '300',
        UPSTREAM_DEADLINE_MS: '900',
        BREAKER_FAILURES: '1000',
      });
      const url = await rolecall.listening();
      const headers = CREDENTIALS === 'request' ? ofAll('keyHeaders') : {};
      for (const name of vendors.names) {
        vendors.doNow(name);
        const response = await ask(url, headers);
        assert.match(response, /"data":/, name);
        assert.doesNotMatch(response, MARKED, name);
      }
      for (const seen of vendors.seen) {
        assert.match(JSON.stringify(seen), MARKED, 'the keys were sent to the vendor');
      }
      const page = await fetch(url, { headers: { accept: 'text/html', ...headers } });
      assert.doesNotMatch(await page.text(), MARKED);
      rolecall.child.kill('SIGTERM');
      const { stdout, stderr } = await rolecall.exited;
      assert.doesNotMatch(stdout + stderr, MARKED);
    });
  }

  test('credentials that cannot be used', async () => {
    await using vendors = await startVendors();
    await using rolecall = startProcess({ CREDENTIALS: 'request', ...vendors.urls });
    const url = await rolecall.listening();
    for (const { keyHeaders, otherHeaders } of fixtures) {
      for (const [name, key] of Object.entries(keyHeaders)) {
        for (const headers of [
          { [name]: key },
          { ...keyHeaders, [name]: `${key} ${key}` },
          { ...keyHeaders, [name]: `${key}é` },
        ]) {
          assert.doesNotMatch(await ask(url, headers), MARKED);
        }
      }
      for (const name of Object.keys(otherHeaders)) {
        assert.doesNotMatch(await ask(url, { ...keyHeaders, [name]: KEY_MARK }), MARKED);
      }
    }
    rolecall.child.kill('SIGTERM');
    const { stdout, stderr } = await rolecall.exited;
    assert.doesNotMatch(stdout + stderr, MARKED);
  });

  for (const flaw of [' with blanks', 'é']) {
    test(`configuration that is refused, with keys that end in "${flaw}"`, async () => {
      const wrong: Record<string, string> = {
        HTTPS_PROXY: `socks://${KEY_MARK}:${KEY_MARK}@proxy.example`,
        DD_SITE: KEY_MARK,
        PORT: KEY_MARK,
      };
      for (const { keys, urlVariable } of fixtures) {
        for (const [name, key] of Object.entries(keys)) wrong[name] = `${key}${flaw}`;
        wrong[urlVariable] = `https://${KEY_MARK}:${KEY_MARK}@proxy.example`;
      }
      const { stderr } = await startProcess(wrong).exited;
      for (const name of Object.keys(wrong)) assert.ok(stderr.includes(`  - ${name} must`), name);
      assert.match(stderr, new RegExp(`${Object.keys(wrong).length} settings are wrong`));
      assert.doesNotMatch(stderr, MARKED);
    });
  }
});
