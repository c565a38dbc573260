import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people, REVOKED_KEY, UNAVAILABLE_KEY } from '../server/people.ts';
import { launchBrowser, openPage, untilSettled } from './support/browser.ts';
import { startExample } from './support/example.ts';
import { choose } from './support/page.ts';

const KEYS = [
  ...new Set(people.flatMap(({ keys }) => [keys.datadog, keys.heygen])),
  UNAVAILABLE_KEY,
  REVOKED_KEY,
].filter((key) => key !== undefined);
/** Whatever a key begins with, as it is and in base64. */
const MARKS = ['sandbox-key', 'c2FuZGJveC1rZXkt'];

for (const command of ['preview', 'dev'] as const) {
  test(`no key reaches the page that \`${command}\` serves`, async () => {
    for (const key of KEYS) assert.ok(key.startsWith('sandbox-key-'));
    await using example = await startExample(command);
    await using browser = await launchBrowser();
    await using opened = await openPage(browser, 'about:blank');
    const { page, context } = opened;
    const received: string[] = [];
    const bodies: Promise<unknown>[] = [];
    page.on('console', (message) => received.push(message.text()));
    page.on('requestfinished', (request) => {
      const read = async () => {
        const response = await request.response();
        received.push(JSON.stringify([request.url(), await request.allHeaders()]));
        received.push(request.postData() ?? '', JSON.stringify(await response?.allHeaders()));
        received.push((await response?.text()) ?? '');
      };
      bodies.push(read());
    });

    await page.goto(example.url);
    await untilSettled(page);
    for (const { name } of people) {
      await choose(page, 'Person', name);
      await untilSettled(page);
    }
    for (const state of ['No key', 'Rejects key', 'Is down']) {
      await choose(page, 'Datadog', state);
      await choose(page, 'HeyGen', state);
      await page.locator('.card').first().waitFor();
    }
    await page.locator('.failure').nth(1).waitFor();
    await Promise.all(bodies);
    received.push(JSON.stringify(await context.storageState({ indexedDB: true })));
    received.push(
      await page.evaluate(() =>
        JSON.stringify([{ ...sessionStorage }, document.cookie, location.href]),
      ),
      await page.content(),
    );
    // The harness sees what the page sees.
    for (const known of [
      'Robin Sandbox',
      'permissionChecks',
      'UPSTREAM_UNAVAILABLE',
      'createRoot',
    ]) {
      assert.ok(
        received.some((text) => text.includes(known)),
        known,
      );
    }
    for (const mark of MARKS) {
      const leaks = received.filter((text) => text.includes(mark));
      assert.deepEqual(
        leaks.map((text) => text.slice(0, 200)),
        [],
        mark,
      );
    }
  });
}

test('the sources of the backend are not served', async () => {
  await using example = await startExample('dev');
  const file = new URL('../server/people.ts', import.meta.url).pathname;
  for (const path of ['/server/people.ts', '/src/../server/people.ts', `/@fs${file}`]) {
    for (const query of ['', '?raw', '?import', '?url', '?import&raw', '?raw??', '?inline']) {
      const response = await fetch(new URL(path + query, example.url));
      const text = await response.text();
      assert.ok(!text.includes('sandbox-key-outage'), path + query);
    }
  }
  const served = await fetch(new URL('/src/main.tsx', example.url));
  assert.match(await served.text(), /createRoot/);
});
