import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from './browser.ts';
import { startExample } from './example.ts';

/** The built example and a browser, which all tests of a suite share. Call it in the suite. */
export function shareExample() {
  let example: Awaited<ReturnType<typeof startExample>>;
  let browser: Browser;
  before(async () => {
    [example, browser] = await Promise.all([startExample('preview'), launchBrowser()]);
  });
  after(async () => {
    await browser.close();
    await example[Symbol.asyncDispose]();
  });
  /** @param search of the page's URL, such as `?person=reese` */
  return { open: (search = '') => openPage(browser, `${example.url}${search}`) };
}
