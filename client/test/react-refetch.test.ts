import './support/page.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { focusManager } from '@tanstack/react-query';
import { createElement } from 'react';
import { createRolecallClient } from '../src/index.ts';
import { Can } from '../src/react/index.ts';
import { createProbe, mount, provider } from './support/mount.ts';
import { focusPage } from './support/page.ts';
import { checksOf, responding, watched } from './support/requests.ts';

const url = 'http://rolecall.example/graphql';
const NAMES = Array.from({ length: 50 }, (_, index) => `may_${index}`);

/** A page of 50 checks and a probe, and what its server responds with, which can change. */
async function open(props: { staleTime?: number; refetchInterval?: number } = {}) {
  let respond: (names: readonly string[]) => unknown = checksOf;
  const { fetch, seen } = watched(responding((names) => respond(names)));
  const probe = createProbe();
  const app = provider({
    client: createRolecallClient({ url, fetch }),
    ...props,
    children: [
      createElement(probe.Probe, { key: 'probe', name: 'may_0' }),
      ...NAMES.map((name) => createElement(Can, { key: name, do: name, fallback: '-' }, '+')),
    ],
  });
  const page = await mount(app.element);
  await page.until(() => page.text() !== 'loading');
  return {
    page,
    seen,
    probe,
    app,
    respond: (next: typeof respond) => {
      respond = next;
    },
    async [Symbol.asyncDispose]() {
      await page[Symbol.asyncDispose]();
      app[Symbol.dispose]();
    },
  };
}

const GRANTED = `granted${'+'.repeat(50)}`;
const failing =
  (code: string, init: ResponseInit = {}) =>
  () =>
    Response.json(
      { data: { viewer: { datadog: null } }, errors: [{ message: 'No.', extensions: { code } }] },
      init,
    );

describe('a page of 50 checks asks again, in one request each time, without flicker', () => {
  test('on focus, if what it shows is stale', async () => {
    await using opened = await open({ staleTime: 0 });
    const { page, seen, probe } = opened;
    assert.equal(page.text(), GRANTED);
    focusPage();
    await page.until(() => seen.length === 2 && opened.app.queryClient.isFetching() === 0);
    assert.deepEqual(
      seen.map(({ names }) => names.length),
      [50, 50],
    );
    assert.deepEqual(probe.shown, ['loading', 'granted']);
  });

  test('and not on focus within 30 seconds', async () => {
    await using opened = await open();
    focusPage();
    assert.equal(opened.app.queryClient.isFetching(), 0);
    assert.equal(opened.seen.length, 1);
  });

  test('on an interval, and shows what has changed', async () => {
    await using opened = await open({ refetchInterval: 30 });
    const { page, seen, probe } = opened;
    await page.until(() => seen.length >= 3);
    opened.respond((names) => {
      const { data } = checksOf(names);
      for (const check of data.viewer.datadog.permissionChecks) check.granted = false;
      return { data };
    });
    await page.until(() => page.text() === `denied${'-'.repeat(50)}`);
    assert.deepEqual(new Set(seen.map(({ names }) => names.length)), new Set([50]));
    assert.deepEqual(probe.shown, ['loading', 'granted', 'denied']);
  });
});

test('a page that is not visible does not ask on an interval', async (context) => {
  await using opened = await open({ refetchInterval: 10 });
  context.after(() => focusManager.setFocused(undefined));
  focusManager.setFocused(false);
  await opened.page.until(() => opened.app.queryClient.isFetching() === 0);
  const { length } = opened.seen;
  await setTimeout(100);
  assert.equal(opened.seen.length, length);
});

describe('if asking again fails', () => {
  test('for a while, the last response stays, beside the error', async () => {
    await using opened = await open({ staleTime: 0 });
    const { page, seen, probe } = opened;
    opened.respond(failing('UPSTREAM_UNAVAILABLE', { headers: { 'retry-after': '0' } }));
    focusPage();
    await page.until(() => probe.last().error !== null);
    assert.equal(page.text(), GRANTED);
    assert.deepEqual(probe.shown, ['loading', 'granted']);
    assert.equal(probe.last().error?.message, 'No.');
    // Of each name the first attempt, the one on focus and two retries. Timers decide how the retries are divided.
    for (const name of NAMES) {
      assert.equal(seen.filter(({ names }) => names.includes(name)).length, 4);
    }
    assert.ok(seen.length < 12, `${seen.length} requests`);
    opened.respond(checksOf);
    probe.last().refetch();
    await page.until(() => probe.last().error === null);
  });

  test('for good, nothing is allowed any more, and nothing is retried', async () => {
    await using opened = await open({ staleTime: 0 });
    const { page, seen, probe } = opened;
    opened.respond(failing('UPSTREAM_FORBIDDEN'));
    focusPage();
    await page.until(() => page.text() === `error${'-'.repeat(50)}`);
    assert.deepEqual(probe.last().grantedBy, []);
    assert.equal(probe.last().asOf, null);
    assert.equal(seen.length, 2);
    assert.deepEqual(probe.shown, ['loading', 'granted', 'error']);
  });

  test('and the server wants a long pause, it is not retried', async () => {
    await using opened = await open({ staleTime: 0 });
    opened.respond(failing('RATE_LIMITED', { headers: { 'retry-after': '60' } }));
    focusPage();
    await opened.page.until(() => opened.probe.last().error !== null);
    assert.equal(opened.seen.length, 2);
    assert.equal(opened.page.text(), GRANTED);
  });
});
