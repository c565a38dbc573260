import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { untilSettled } from './support/browser.ts';
import { card, choose } from './support/page.ts';
import { shareExample } from './support/shared-example.ts';

describe('what the page shows', () => {
  const { open } = shareExample();

  test('is each vendor’s user', async () => {
    await using opened = await open('?person=reese');
    const { page } = opened;
    await untilSettled(page);
    for (const text of ['Administrator', 'Sandbox Observatory', 'Person, active', 'On']) {
      await card(page, 'Datadog').getByText(text, { exact: true }).waitFor();
    }
    await card(page, 'HeyGen').getByText('reese@sandbox.example').waitFor();
    await choose(page, 'Person', 'Deployment Sandbox');
    await card(page, 'Datadog').getByText('Service account, active').waitFor();
    await card(page, 'HeyGen').getByText('Not connected').waitFor();
  });

  test('is the failure of the vendor that fails, with a retry, beside the other vendor', async () => {
    await using opened = await open();
    const { page } = opened;
    for (const [failing, other] of [
      ['HeyGen', 'Datadog'],
      ['Datadog', 'HeyGen'],
    ] as const) {
      await choose(page, failing, 'Is down');
      await card(page, failing).getByText('UPSTREAM_UNAVAILABLE').waitFor();
      await card(page, failing).getByText('(HTTP 503: Service Unavailable)').waitFor();
      await card(page, other).getByText('robin@sandbox.example').waitFor();

      const asked = page.waitForResponse((response) => response.url().endsWith('/graphql'));
      await card(page, failing).getByRole('button', { name: 'Retry' }).click();
      await card(page, failing).getByRole('button', { name: 'Retrying' }).waitFor();
      await card(page, other).getByText('robin@sandbox.example').waitFor();
      await asked;

      await choose(page, failing, 'Rejects key');
      await card(page, failing)
        .getByText(/UPSTREAM_(UNAUTHENTICATED|FORBIDDEN)/)
        .waitFor();
      await choose(page, failing, 'No key');
      await card(page, failing).getByText('Not connected').waitFor();
      await choose(page, failing, 'Responds');
      await card(page, failing).getByText('robin@sandbox.example').waitFor();
    }
  });

  test('is a matrix and buttons that say why they are not there', async () => {
    await using opened = await open('?datadog=revoked');
    const { page } = opened;
    const opens = page.locator('.why-not[open]');
    await page.getByText('Not known: why? Read the bill').click();
    await opens.getByText(/^Datadog denied access/).waitFor();
    const asked = page.waitForRequest((request) => request.postData()?.includes('Checks') === true);
    await opens.getByRole('button', { name: 'Retry' }).click();
    assert.deepEqual((await asked).postDataJSON().variables, { names: ['billing_read'] });
    const matrix = page.getByRole('region', { name: 'Who lets me?' });
    await matrix.getByRole('button', { name: 'Retry' }).waitFor();

    await choose(page, 'Datadog', 'No key');
    await matrix.getByText('Datadog is not connected.').waitFor();
    await page.getByText('Not known: why? Read the bill').click();
    await opens.getByText('or Datadog is not connected').waitFor();
  });

  test('is which buttons are locked, why, and whom to ask', async () => {
    await using opened = await open('?person=rowan');
    const { page } = opened;
    await untilSettled(page);
    const enabled = await page.locator('.action > .primary').allTextContents();
    assert.deepEqual(enabled, ['Archive logs', 'Read the bill']);
    await page.getByRole('button', { name: 'Archive logs' }).click();
    await page.getByText('“Archive logs” would happen now.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Declare incident' }).isDisabled());
    await page.getByText('Why not? Declare incident').click();
    await page.getByText('None of your roles grants incidents_write.').waitFor();
    const contact = page.getByRole('link', { name: 'Incident response' }).first();
    assert.match(
      (await contact.getAttribute('href')) ?? '',
      /^mailto:incidents@sandbox\.example\?/,
    );
  });

  test('is that it asks, while the network is slow', async () => {
    await using opened = await open('?network=slow');
    const { page } = opened;
    await page.getByText('Asking Datadog …').waitFor({ state: 'attached' });
    await page.getByText('Asking HeyGen …').waitFor({ state: 'attached' });
    await page.getByText('Asking for the roles …').waitFor({ state: 'attached' });
    assert.equal(await page.getByText('Asking …', { exact: true }).count(), 8);
    await untilSettled(page);
    await card(page, 'Datadog').getByText('robin@sandbox.example').waitFor();
  });

  test('is that Rolecall cannot be reached, with a retry', async () => {
    await using opened = await open('?person=rene');
    const { page } = opened;
    await untilSettled(page);
    await page.route('**/graphql', (route) => route.abort());
    await choose(page, 'Person', 'Robin Sandbox');
    const identity = page.getByRole('region', { name: 'Who am I?' });
    await identity.getByText('NETWORK_ERROR').waitFor();
    await page.unroute('**/graphql');
    await identity.getByRole('button', { name: 'Retry' }).click();
    await card(page, 'Datadog').getByText('robin@sandbox.example').waitFor();
  });
});
