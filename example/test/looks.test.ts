import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Look, launchBrowser, openPage, untilSettled } from './support/browser.ts';
import { startExample } from './support/example.ts';
import { assertAccessible, assertNoSidewaysScroll, choose } from './support/page.ts';

/** A folder for pictures. */
const { SCREENSHOTS } = process.env;

const LOOKS: readonly Look[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
];

test('every state can be read, on any screen, in light and dark, with assistive technology', async (t) => {
  await using example = await startExample('preview');
  await using browser = await launchBrowser();
  for (const look of LOOKS) {
    const { width, colorScheme } = look;
    const check = async (page: Page, name: string) => {
      await assertNoSidewaysScroll(page);
      await assertAccessible(page);
      const file = `${name}-${width}-${colorScheme}.png`;
      if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, file) });
    };

    await t.test(`${width} px, ${colorScheme}`, async () => {
      await using opened = await openPage(browser, example.url, look);
      const { page } = opened;
      await untilSettled(page);
      await check(page, 'identity');
      await page.getByText('Why not? Revoke API key').click();
      await page.getByText('None of your roles grants api_keys_delete').waitFor();
      await check(page, 'why-not');

      await choose(page, 'Person', 'Remy Sandbox');
      await untilSettled(page);
      await page.getByText('Not known: why? Archive logs').click();
      await page.getByRole('list', { name: 'Roles' }).scrollIntoViewIfNeeded();
      await check(page, 'unknown');

      await choose(page, 'Person', 'Reese Sandbox');
      await untilSettled(page);
      await page.getByRole('heading', { name: 'Who lets me?' }).scrollIntoViewIfNeeded();
      await page.getByRole('searchbox').fill('log');
      await page.getByText('27 of 402 permissions').waitFor();
      await page.getByRole('searchbox').evaluate((element) => element.scrollIntoView());
      await check(page, 'matrix');
      await page.getByRole('button', { name: 'Logs Facets Write' }).click();
      await page.getByRole('dialog').waitFor();
      await check(page, 'explanation');
      await page.keyboard.press('Escape');

      await choose(page, 'Person', 'Rene Sandbox');
      await choose(page, 'HeyGen', 'Is down');
      await untilSettled(page);
      await check(page, 'failure');
      await choose(page, 'Network', 'Slow');
      await page.locator('.loading-identity').first().waitFor();
      await check(page, 'loading');
    });
  }
});
