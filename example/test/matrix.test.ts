import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { untilSettled } from './support/browser.ts';
import { shareExample } from './support/shared-example.ts';

describe('the matrix', () => {
  const { open: openAt } = shareExample();

  const open = async (person: string) => {
    const opened = await openAt(`?person=${person}`);
    await untilSettled(opened.page);
    return opened;
  };

  test('has 402 permissions in groups, of which only those near the screen are rendered', async (t) => {
    await using opened = await open('reese');
    const { page } = opened;
    const rows = page.locator('.group tbody tr');
    assert.equal(await rows.count(), 402);
    const names = await page.locator('.group h3').allTextContents();
    assert.equal(names.length, 36);
    assert.deepEqual(
      names,
      [...names].sort((one, other) => one.localeCompare(other)),
    );
    const { rendered, milliseconds } = await renderedRows(page);
    assert.ok(rendered < 150, `${rendered} rows are rendered`);
    t.diagnostic(`${rendered} of 402 rows rendered; style and layout of all: ${milliseconds} ms`);
  });

  test('finds permissions by their names and groups, and restricted ones', async (t) => {
    await using opened = await open('reese');
    const { page } = opened;
    const count = page.locator('.matrix-count');
    const search = page.getByRole('searchbox', { name: 'Search permissions' });
    await observeEvents(page);
    await search.pressSequentially('logs_arch', { delay: 20 });
    await page.getByText('3 of 402 permissions').waitFor();
    t.diagnostic(`longest event while searching: ${await longestEvent(page)} ms`);
    assert.deepEqual(await page.locator('.group h3').allTextContents(), ['Log Management 3']);
    assert.equal(await page.locator('.restricted').count(), 2);
    await search.fill('WATCHDOG');
    await page.getByText('9 of 402 permissions').waitFor();
    await search.fill('nothing like it');
    await page.getByText('No permission matches.').waitFor();
    await search.fill('');
    await page.getByLabel('Restricted only').check();
    await page.getByText('28 of 402 permissions').waitFor();
    assert.equal(await count.getAttribute('role'), 'status');
  });

  test('says on a click which roles grant a permission, and gives the focus back', async () => {
    await using opened = await open('reese');
    const { page } = opened;
    const button = page.getByRole('button', { name: 'Dashboards Write', exact: true });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Why may I “Dashboards Write”?' });
    await dialog.waitFor();
    const lists = await dialog
      .locator('h3')
      .evaluateAll((headings) =>
        headings.map((heading) => [
          heading.textContent,
          ...[...(heading.nextElementSibling?.children ?? [])].map((item) => item.textContent),
        ]),
      );
    assert.deepEqual(lists, [
      ['Granted by', 'Datadog Admin Role', 'Site Reliability'],
      ['Not granted by', 'Billing Reader', 'Quarterly Review (grants nothing)'],
    ]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.ok(await button.evaluate((element) => element === document.activeElement));
  });

  test('tells an empty role and a role of unknown permissions from one that does not grant', async () => {
    await using opened = await open('remy');
    const { page } = opened;
    const legend = page.getByRole('list', { name: 'Roles' }).getByRole('listitem');
    assert.deepEqual(await legend.locator('.legend-name').allTextContents(), [
      'Billing Reader',
      'Quarterly Review',
      'Partner Access',
    ]);
    assert.deepEqual(await legend.locator('.legend-state').allTextContents(), [
      '12 permissions',
      'empty: grants nothing',
      'permissions not known',
    ]);
    const cells = page.locator('.group tbody tr').first().locator('td');
    assert.deepEqual(await cells.allTextContents(), [
      'granted',
      'no, the role is empty',
      'not known',
    ]);
    const looks = await cells.evaluateAll((all) =>
      all.map(
        (cell) =>
          `${getComputedStyle(cell).background} ${getComputedStyle(cell, '::before').content}`,
      ),
    );
    assert.equal(new Set(looks).size, 3);
  });

  test('says that there are no roles', async () => {
    await using opened = await open('rene');
    await opened.page.getByText('Datadog says that there are no roles').waitFor();
  });
});

/** How many rows the browser renders, and how long it would take for all at once. */
function renderedRows(page: Page) {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll('.group tbody tr')];
    const rendered = rows.filter((row) => row.checkVisibility({ contentVisibilityAuto: true }));
    const style = document.createElement('style');
    style.textContent = '.group { content-visibility: visible !important }';
    const started = performance.now();
    document.head.append(style);
    document.body.getBoundingClientRect();
    const milliseconds = Math.round(performance.now() - started);
    style.remove();
    return { rendered: rendered.length, milliseconds };
  });
}

async function observeEvents(page: Page): Promise<void> {
  await page.evaluate(() => {
    const durations: number[] = [0];
    Object.assign(globalThis, { durations });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) durations.push(duration);
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
}

function longestEvent(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(...(globalThis as any).durations));
}
