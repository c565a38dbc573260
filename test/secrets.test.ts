import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { userDocument } from './fixtures/datadog.ts';
import { v1 } from './fixtures/heygen.ts';
import { faults } from './support/faults.ts';
import { startProcess } from './support/process.ts';
import { json, type Script, startUpstream } from './support/upstream.ts';

/** Marks that no output may hold; each is a key that some request carries. */
const MARK = 'MARKEDSECRET';
const SERVER_KEYS = {
  DD_API_KEY: `${MARK}-dd-api`,
  DD_APP_KEY: `${MARK}-dd-app`,
  HEYGEN_API_KEY: `${MARK}-heygen`,
};
const REQUEST_KEYS = {
  'DD-API-KEY': `${MARK}-dd-api`,
  'DD-APPLICATION-KEY': `${MARK}-dd-app`,
  'X-HeyGen-Api-Key': `${MARK}-heygen`,
};

/** Answers with everything it was sent, in every place where a vendor's words are read. */
const echo: Script = (response, seen, call) => {
  const words = JSON.stringify(seen.headers);
  const body = { errors: [words, { title: words, detail: words }], message: words, detail: words };
  json(body, 400, { 'x-echo': 'headers' })(response, seen, call);
};

const scripts = {
  ...Object.fromEntries(
    Object.entries(faults(userDocument(), true)).map(([name, { script }]) => [name, script]),
  ),
  'an echo of what was sent': echo,
};

async function ask(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      query: '{ viewer { users { id } datadog { name } heygen { firstName } } }',
    }),
  });
  return JSON.stringify([...response.headers]) + (await response.text());
}

describe('no key is found in responses or output', { concurrency: 3 }, () => {
  for (const CREDENTIALS of ['server', 'request']) {
    test(`CREDENTIALS=${CREDENTIALS}, on every fault of a vendor`, async () => {
      let script: Script = echo;
      await using vendor = await startUpstream((...call) => script(...call));
      await using rolecall = startProcess({
        CREDENTIALS,
        ...(CREDENTIALS === 'server' && SERVER_KEYS),
        DATADOG_API_URL: vendor.url,
        HEYGEN_API_URL: vendor.url,
        LOG_LEVEL: 'trace',
        DEBUG: '1',
        NODE_ENV: 'development',
        NODE_DEBUG: 'http,net,undici',
        UPSTREAM_TIMEOUT_MS: '300',
        UPSTREAM_DEADLINE_MS: '900',
        BREAKER_FAILURES: '1000',
      });
      const url = await rolecall.listening();
      const headers = CREDENTIALS === 'request' ? REQUEST_KEYS : {};
      for (const [name, next] of Object.entries(scripts)) {
        script = next;
        const answer = await ask(url, headers);
        assert.match(answer, /"data":/, name);
        assert.doesNotMatch(answer, new RegExp(MARK), name);
      }
      assert.ok(
        vendor.seen.some(({ headers: sent }) => JSON.stringify(sent).includes(MARK)),
        'the keys were sent to the vendor',
      );
      const page = await fetch(url, { headers: { accept: 'text/html', ...headers } });
      assert.doesNotMatch(await page.text(), new RegExp(MARK));
      rolecall.child.kill('SIGTERM');
      const { stdout, stderr } = await rolecall.exited;
      assert.doesNotMatch(stdout + stderr, new RegExp(MARK));
    });
  }

  test('credentials that cannot be used', async () => {
    await using vendor = await startUpstream(json(v1()));
    await using rolecall = startProcess({
      CREDENTIALS: 'request',
      DATADOG_API_URL: vendor.url,
      HEYGEN_API_URL: vendor.url,
    });
    const url = await rolecall.listening();
    for (const headers of [
      { 'DD-API-KEY': MARK },
      { ...REQUEST_KEYS, 'DD-SITE': MARK },
      { ...REQUEST_KEYS, 'DD-API-KEY': `${MARK} ${MARK}` },
      { 'X-HeyGen-Api-Key': `${MARK}é` },
    ]) {
      assert.doesNotMatch(await ask(url, headers), new RegExp(MARK));
    }
    rolecall.child.kill('SIGTERM');
    const { stdout, stderr } = await rolecall.exited;
    assert.doesNotMatch(stdout + stderr, new RegExp(MARK));
  });

  test('configuration that is refused', async () => {
    const { stderr } = await startProcess({
      DD_API_KEY: `${MARK} with blanks`,
      HEYGEN_API_KEY: `${MARK}é`,
      HEYGEN_API_URL: `https://${MARK}:${MARK}@proxy.example`,
      HTTPS_PROXY: `socks://${MARK}:${MARK}@proxy.example`,
      DD_SITE: MARK,
      PORT: MARK,
    }).exited;
    assert.match(stderr, /7 settings are wrong/);
    assert.doesNotMatch(stderr, new RegExp(MARK));
  });
});
