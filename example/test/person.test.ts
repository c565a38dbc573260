import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { untilSettled } from './support/browser.ts';
import { card, choose } from './support/page.ts';
import { shareExample } from './support/shared-example.ts';

describe('after a switch of person', () => {
  const { open } = shareExample();

  test('nothing of the former person is shown, nor kept', async () => {
    await using opened = await open('?network=slow');
    const { page } = opened;
    await untilSettled(page);
    await page.getByRole('button', { name: 'Dashboards Write' }).waitFor();
    assert.equal(await page.locator('.action > .primary').count(), 5);

    // Responses are held back: what is shown at once can only be what was kept.
    await choose(page, 'Person', 'Riley Sandbox');
    const main = page.getByRole('main');
    const shown = await main.textContent();
    for (const text of ['Robin', 'robin@', 'Site Reliability', 'Dashboards Write', 'by ']) {
      assert.ok(!shown?.includes(text), text);
    }
    assert.equal(await main.locator('.skeleton-avatar').count(), 2);
    assert.equal(await main.locator('.locked-loading').count(), 8);
    await card(page, 'Datadog').getByText('riley@sandbox.example').waitFor();
    await untilSettled(page);
    assert.ok(!(await main.textContent())?.includes('Robin'));

    await page.goBack();
    assert.equal(await main.locator('.skeleton-avatar').count(), 2);
    await card(page, 'Datadog').getByText('robin@sandbox.example').waitFor();
  });

  test('a late response for the former person is not shown', async () => {
    await using opened = await open('?person=rene');
    const { page } = opened;
    await untilSettled(page);
    const held: (() => void)[] = [];
    await page.route('**/graphql', async (route) => {
      if (route.request().headers()['x-person'] === 'robin') {
        await new Promise<void>((resolve) => held.push(resolve));
      }
      await route.continue().catch(() => {});
    });
    await choose(page, 'Person', 'Robin Sandbox');
    await page.locator('.skeleton-avatar').first().waitFor();
    await choose(page, 'Person', 'Riley Sandbox');
    await untilSettled(page);
    for (const release of held) release();
    await choose(page, 'Network', 'Slow');
    await untilSettled(page);
    assert.ok(held.length > 0);
    assert.ok(!(await page.getByRole('main').textContent())?.includes('robin@'));
  });

  test('the address names the person, and the focus stays', async () => {
    await using opened = await open();
    const { page } = opened;
    await untilSettled(page);
    const person = page.getByRole('combobox', { name: 'Person' });
    await person.focus();
    await person.selectOption({ label: 'Riley Sandbox' });
    await page.getByText('A controller with one role').waitFor();
    assert.equal(new URL(page.url()).search, '?person=riley');
    assert.ok(await person.evaluate((element) => element === document.activeElement));
    await page.reload();
    await card(page, 'Datadog').getByText('riley@sandbox.example').waitFor();
  });
});
