import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const { CHROMIUM = '/usr/bin/chromium' } = process.env;
/** Lets Chromium run in any container, without network requests of its own. */
const CHROMIUM_ARGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run ' +
  '--disable-background-networking --disable-component-update --disable-sync';
const TIMEOUT_MS = 60_000;

export interface Look {
  readonly width: 1280 | 390;
  readonly colorScheme: 'light' | 'dark';
}

export async function launchBrowser(): Promise<Browser> {
  assert.ok(existsSync(CHROMIUM), `No Chromium at ${CHROMIUM}: set CHROMIUM to where it is.`);
  return chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS.split(' ') });
}

/** A page in a browser profile of its own. Closing it asserts that no error occurred. */
export async function openPage(browser: Browser, url: string, look: Partial<Look> = {}) {
  const { width = 1280, colorScheme = 'light' } = look;
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height: width === 390 ? 844 : 900 },
    colorScheme,
    locale: 'en-GB',
  });
  const page: Page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  await page.goto(url);
  const close = async () => {
    await context.close();
    assert.deepEqual(problems, []);
  };
  return { page, context, [Symbol.asyncDispose]: close };
}

/** Until everything about the person has arrived. */
export async function untilSettled(page: Page): Promise<void> {
  await page.locator('main .card').first().waitFor();
  await page.waitForFunction(
    () => !document.querySelector('.skeleton, .locked-loading, main [aria-busy=true]'),
  );
}
