import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { getOperationAST, parse, print } from 'graphql';
import { type Browser, chromium, type Page, type Response } from 'playwright-core';

const ROOT = join(import.meta.dirname, '../..');
const OPERATIONS = join(ROOT, 'schema/operations');
const { CHROMIUM = '/usr/bin/chromium', SCREENSHOT } = process.env;
/** Lets Chromium run in any container, without network requests of its own. */
const CHROMIUM_ARGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run ' +
  '--disable-background-networking --disable-component-update --disable-sync';
const MINUTE_MS = 60_000;
const MAX_TRANSFERRED_BYTES = 3_000_000;

const DESKTOP = { width: 1400, height: 900 };
type Viewport = typeof DESKTOP;

const examples = readdirSync(OPERATIONS)
  .sort()
  .map((file) => readFileSync(join(OPERATIONS, file), 'utf8'))
  .map((text) => ({ text, name: getOperationAST(parse(text))?.name?.value }));

test('GraphiQL in a browser', { timeout: 15 * MINUTE_MS }, async (t) => {
  await using server = await startServer();
  await using browser = await launchBrowser();

  await t.test('has a tab for each example, which runs it', async () => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    const names = examples.map(({ name }) => name);
    const tabs = page.locator('.graphiql-tab-button');
    assert.deepEqual(await tabs.allInnerTexts(), names);

    for (const [index, { name, text }] of examples.entries()) {
      if (index > 0) {
        await tabs.nth(index).click();
        // GraphiQL takes a moment to read the operation; the address changes when it has.
        await page.waitForURL(({ searchParams }) => searchParams.get('query') === text);
      }
      const { request, body } = await execute(page, name);
      assert.equal(print(parse(request.postDataJSON().query)), print(parse(text)));
      assert.equal(body.errors, undefined);
      const shown = index === 0 ? 'Robin Sandbox' : '"data"';
      await page.locator('.graphiql-response', { hasText: shown }).waitFor();
      if (index === 0 && SCREENSHOT) await page.screenshot({ path: SCREENSHOT });
    }

    await page.reload();
    await untilReady(page);
    assert.deepEqual(await tabs.allInnerTexts(), names);
  });

  await t.test('documents the schema, and sends the headers it is given', async () => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'DatadogUser' }).waitFor();

    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool .graphiql-editor:visible').click();
    await page.keyboard.insertText('{"x-example": "from the editor"}');
    const { request } = await execute(page, examples[0]?.name);
    assert.equal(request.headers()['x-example'], 'from the editor');
  });

  await t.test('arrives compressed, and only once', async () => {
    await using opened = await openPage(browser, server.url);
    const { page, app } = opened;
    const { 'content-encoding': encoding = 'none', etag } = await app.allHeaders();
    assert.match(encoding, /^(br|gzip)$/);
    const { responseBodySize } = await app.request().sizes();
    assert.ok(responseBodySize < MAX_TRANSFERRED_BYTES, `${responseBodySize} bytes`);

    // Browsers drop a page from the cache after a POST to its URL.
    await execute(page, examples[0]?.name);
    const [reloaded] = await Promise.all([waitForApp(page), page.reload()]);
    assert.equal((await reloaded.request().allHeaders())['if-none-match'], etag);
    assert.equal((await reloaded.request().sizes()).responseBodySize, 0);
  });

  await t.test('says that the sandbox invents its people', async () => {
    await using opened = await openPage(browser, server.url);
    await opened.page.getByText(/^Sandbox: the people .* are fictional/).waitFor();
  });

  await t.test('can be read on a phone', async () => {
    await using opened = await openPage(browser, server.url, { width: 390, height: 844 });
    const { page } = opened;
    await execute(page, examples[0]?.name);
    await page.locator('.graphiql-response', { hasText: '"DATADOG"' }).waitFor();
    const boxes = [];
    for (const part of ['.graphiql-editors', '.graphiql-response']) {
      const box = await page.locator(part).boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
      assert.ok(box.width > 300 && box.height > 200, JSON.stringify(box));
      boxes.push(box);
    }
    const [editors, response] = boxes;
    assert.ok(editors && response && response.y >= editors.y + editors.height);
    if (SCREENSHOT) await page.screenshot({ path: SCREENSHOT.replace('.png', '-phone.png') });
  });

  await t.test('asks for a token, and loads the documentation with it', async () => {
    const token = 'a-token-of-some-length';
    await using guarded = await startServer({ CLIENT_TOKENS: token });
    const page = await newPage(browser);
    await page.goto(guarded.url);
    const enter = async (text: string) => {
      await page.getByLabel('Your token for this server').fill(text);
      await page.getByRole('button', { name: 'Continue' }).click();
    };
    await enter('another-token');
    await page.getByText('The token').waitFor();
    await enter(token);
    await untilReady(page);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'DatadogUser' }).waitFor();
    const { body } = await execute(page, examples[0]?.name);
    assert.equal(body.errors, undefined);
    await page.close();
  });

  await t.test('says why there is no documentation where the schema is hidden', async () => {
    await using hidden = await startServer({ INTROSPECTION: 'off' });
    await using opened = await openPage(browser, hidden.url);
    const { page } = opened;
    await page.getByText(/hides its schema \(INTROSPECTION=off\)/).waitFor();
    const { body } = await execute(page, examples[0]?.name);
    assert.equal(body.errors, undefined);
  });

  await t.test('is not there when it is off', async () => {
    await using withoutPage = await startServer({ GRAPHIQL: 'off' });
    const response = await fetch(withoutPage.url, { headers: { accept: 'text/html, */*' } });
    assert.doesNotMatch(response.headers.get('content-type') ?? '', /html/);
    assert.doesNotMatch(await response.text(), /<html/);
  });
});

async function launchBrowser(): Promise<Browser> {
  assert.ok(existsSync(CHROMIUM), `No Chromium at ${CHROMIUM}: set CHROMIUM to where it is.`);
  return chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS.split(' ') });
}

/** Rolecall with its sandbox, whatever a developer's `.env` contains. */
async function startServer(environment: Readonly<Record<string, string>> = {}) {
  const own = { HOST: '127.0.0.1', PORT: '0', CREDENTIALS: '', SANDBOX: '1', GRAPHIQL: '' };
  const server = spawn(process.execPath, ['src/start.mjs'], {
    cwd: ROOT,
    env: { ...own, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  for await (const line of createInterface(server.stdout)) {
    const url = /Rolecall serves (http[^ "]+)/.exec(line)?.[1];
    if (url === undefined) continue;
    const stop = async () => {
      server.kill();
      await ended;
    };
    return { url, [Symbol.asyncDispose]: stop };
  }
  throw new Error('Rolecall did not start.');
}

/** Long enough to read 9 MB of scripts on a busy machine. */
async function newPage(browser: Browser, viewport: Viewport = DESKTOP): Promise<Page> {
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(2 * MINUTE_MS);
  return page;
}

/** The page in a new browser profile. Closing it asserts that no error occurred and that it called only its server. */
async function openPage(browser: Browser, url: string, viewport?: Viewport) {
  const page = await newPage(browser, viewport);
  const problems: string[] = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(url).origin) problems.push(request.url());
  });
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', ({ message }) => problems.push(message));

  const [app] = await Promise.all([waitForApp(page), page.goto(url)]);
  await untilReady(page);
  const close = async () => {
    await page.close();
    assert.deepEqual(problems, []);
  };
  return { page, app, [Symbol.asyncDispose]: close };
}

/** The response with the app. */
function waitForApp(page: Page): Promise<Response> {
  return page.waitForResponse((response) => response.url().endsWith('?graphiql=app'));
}

async function untilReady(page: Page): Promise<void> {
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
}

/** Presses the execute button, and returns this operation's request and the body of its response. */
async function execute(page: Page, operationName: string | undefined) {
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.postDataJSON()?.operationName === operationName),
    page.locator('.graphiql-execute-button').click(),
  ]);
  return { request, body: await (await request.response())?.json() };
}
