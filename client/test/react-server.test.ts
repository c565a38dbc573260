import './support/page.ts';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { type DehydratedState, hydrate, QueryClient } from '@tanstack/react-query';
import { createElement, StrictMode } from 'react';
import { createRolecallClient } from '../src/index.ts';
import { Application } from './support/application.ts';
import { mount } from './support/mount.ts';
import { focusPage } from './support/page.ts';
import { watched } from './support/requests.ts';
import { startRolecall } from './support/rolecall.ts';

const COMPLETE = `Robin Sandbox: granted Site Reliability${'no'.repeat(49)}yes`;

describe('a page that a server rendered', () => {
  let rolecall: Awaited<ReturnType<typeof startRolecall>>;
  before(async () => {
    rolecall = await startRolecall({ SANDBOX: '1' });
  });
  after(() => rolecall[Symbol.asyncDispose]());

  function renderOnServer(mode: 'prefetch' | 'plain') {
    const script = `${import.meta.dirname}/support/render-on-server.ts`;
    const preloaded = process.execArgv.filter((argument) => /import|react-18/.test(argument));
    const output = execFileSync(process.execPath, [...preloaded, script, rolecall.url, mode], {
      encoding: 'utf8',
    });
    return JSON.parse(output) as { html: string; state: DehydratedState; requests: number };
  }

  test('after prefetching is complete, and asks nothing in the browser', async (context) => {
    const errors = context.mock.method(console, 'error', () => {});
    const { html, state, requests } = renderOnServer('prefetch');
    assert.equal(requests, 2);
    assert.ok(html.startsWith('<p>Robin Sandbox: granted Site Reliability</p><i>no</i>'), html);
    assert.ok(html.endsWith('<i>no</i>yes'), html);
    for (const wrap of [false, true]) {
      const { fetch, seen } = watched();
      const client = createRolecallClient({ url: rolecall.url, fetch });
      const queryClient = new QueryClient();
      hydrate(queryClient, state);
      const application = createElement(Application, { client, queryClient });
      await using page = await mount(
        wrap ? createElement(StrictMode, null, application) : application,
        html,
      );
      assert.equal(page.text(), COMPLETE);
      focusPage();
      await page.until(() => queryClient.isFetching() === 0);
      assert.equal(page.text(), COMPLETE);
      assert.deepEqual(seen, []);
      queryClient.clear();
    }
    assert.equal(errors.mock.callCount(), 0, 'the HTML is what the browser renders');
  });

  test('without prefetching is loading, and asks in the browser', async () => {
    const { html, requests } = renderOnServer('plain');
    assert.equal(requests, 0);
    assert.ok(html.endsWith('…'), html);
    const { fetch, seen } = watched();
    const client = createRolecallClient({ url: rolecall.url, fetch });
    const queryClient = new QueryClient();
    await using page = await mount(createElement(Application, { client, queryClient }), html);
    await page.until(() => page.text() === COMPLETE);
    assert.equal(seen.length, 2);
    queryClient.clear();
  });
});
