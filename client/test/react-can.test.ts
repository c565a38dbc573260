import './support/page.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { createElement, Fragment, StrictMode, version } from 'react';
import { createRolecallClient } from '../src/index.ts';
import { Can, RolecallProvider, useViewer } from '../src/react/index.ts';
import { createProbe, mount, provider } from './support/mount.ts';
import { checksOf, responding, watched } from './support/requests.ts';
import { startRolecall } from './support/rolecall.ts';

const url = 'http://rolecall.example/graphql';

test('this is the React that was asked for', () => {
  assert.equal(version.split('.')[0], process.env['REACT'] ?? '19');
});

const check = (granted: boolean | null) =>
  responding(([name]) => ({
    data: {
      viewer: {
        datadog: {
          asOf: '2026-07-03T13:37:00Z',
          permissionChecks: [{ name, granted, grantedBy: [{ id: 'r', name: 'Role' }] }],
        },
      },
    },
  }));
const refusal = responding(() => ({
  data: null,
  errors: [{ message: 'No.', extensions: { code: 'UNAUTHENTICATED' } }],
}));

describe('useCan and Can', () => {
  for (const [status, fetch, shown, byDefault] of [
    ['granted', check(true), 'yes', 'yes'],
    ['denied', check(false), 'no', 'no'],
    ['unknown', check(null), 'who knows', 'no'],
    ['error', refusal, 'who knows', 'no'],
  ] as const) {
    test(`${status}: after loading, and allowed only if granted`, async () => {
      const client = createRolecallClient({ url, fetch });
      const probe = createProbe();
      const props = { do: 'name', fallback: 'no', loading: '…' };
      using app = provider({
        client,
        children: [
          createElement(probe.Probe, { key: 1, name: 'name' }),
          createElement('p', { key: 2 }, createElement(Can, props, 'yes')),
          createElement(
            'b',
            { key: 3 },
            createElement(Can, { ...props, unknown: 'who knows' }, 'yes'),
          ),
        ],
      });
      await using page = await mount(app.element);
      await page.until(() => page.text() !== 'loading……');
      assert.equal(page.html(), `${status}<p>${byDefault}</p><b>${shown}</b>`);
      assert.deepEqual(probe.shown, ['loading', status]);
      const { grantedBy, asOf, error } = probe.last();
      const isError = status === 'error';
      assert.deepEqual(grantedBy, isError ? [] : [{ id: 'r', name: 'Role' }]);
      assert.equal(asOf, isError ? null : '2026-07-03T13:37:00Z');
      assert.equal(error?.message, isError ? 'No.' : undefined);
    });
  }

  test('nothing is shown by default', async () => {
    using app = provider({
      client: createRolecallClient({ url, fetch: check(false) }),
      children: createElement(Can, { do: 'name' }, 'yes'),
    });
    await using page = await mount(app.element);
    assert.equal(page.text(), '');
    await page.until(() => app.queryClient.isFetching() === 0);
    assert.equal(page.text(), '');
  });

  test('a result stays the same object until something in it changes', async () => {
    const probe = createProbe();
    using app = provider({
      client: createRolecallClient({ url, fetch: check(true) }),
      children: createElement(probe.Probe, { name: 'name' }),
    });
    await using page = await mount(app.element);
    await page.until(() => page.text() === 'granted');
    const { last } = probe;
    const before = last();
    before.refetch();
    await page.until(() => app.queryClient.isFetching() === 0);
    await page.render(app.element);
    assert.equal(last(), before);
  });

  test('another name is loading, and never shows the first one’s', async () => {
    const probe = createProbe();
    const client = createRolecallClient({ url, fetch: responding(checksOf) });
    const of = (name: string) => createElement(probe.Probe, { name });
    using app = provider({ client });
    const element = (name: string) =>
      createElement(RolecallProvider, { client, queryClient: app.queryClient }, of(name));
    await using page = await mount(element('may_a'));
    await page.until(() => page.text() === 'granted');
    await page.render(element('b'));
    await page.until(() => page.text() === 'denied');
    assert.deepEqual(probe.shown, ['loading', 'granted', 'loading', 'denied']);
  });
});

describe('a page', () => {
  for (const mode of [Fragment, StrictMode]) {
    test(`of 50 checks and the viewer sends two requests, in ${mode === StrictMode ? 'StrictMode' : 'production'}`, async () => {
      await using rolecall = await startRolecall({ SANDBOX: '1' });
      const { fetch, seen } = watched();
      const Name = () => useViewer().data?.datadog?.displayName ?? '…';
      const cans = Array.from({ length: 50 }, (_, index) => `name_${index}`);
      using app = provider({
        client: createRolecallClient({ url: rolecall.url, fetch }),
        children: [
          createElement(Name, { key: 'viewer' }),
          ...cans.map((name) => createElement(Can, { key: name, do: name, fallback: '.' }, '!')),
          createElement(Can, { key: 'may', do: 'dashboards_write' }, ' may write'),
        ],
      });
      await using page = await mount(createElement(mode, null, app.element));
      const complete = `Robin Sandbox${'.'.repeat(50)} may write`;
      await page.until(() => page.text() === complete);
      assert.deepEqual(seen.map(({ names }) => names.length).sort(), [0, 51]);
    });
  }

  test('asks once if what it shows after a failure asks for the same', async () => {
    const { fetch, seen } = watched(refusal);
    const client = createRolecallClient({ url, fetch });
    const probe = createProbe();
    const unknown = createElement(probe.Probe, { name: 'name' });
    using app = provider({ client, children: createElement(Can, { do: 'name', unknown }, 'yes') });
    await using page = await mount(app.element);
    await page.until(() => page.text() === 'error');
    await page.wait(100);
    assert.equal(page.text(), 'error');
    // While the request was on its way, nothing was shown.
    assert.deepEqual(probe.shown, ['error']);
    assert.equal(seen.length, 1);
  });

  test('takes the query client around it, or one of its own beside it', async () => {
    const outer = new QueryClient();
    const inner = new QueryClient();
    const client = createRolecallClient({ url, fetch: check(true) });
    const Other = () =>
      useQuery({ queryKey: ['other'], queryFn: () => 'other', staleTime: Infinity }).data ?? '…';
    const element = (queryClient?: QueryClient) =>
      createElement(
        QueryClientProvider,
        { client: outer },
        createElement(
          RolecallProvider,
          { client, queryClient },
          createElement(Can, { do: 'name' }, 'yes'),
          createElement(Other),
        ),
      );
    const keysOf = (some: QueryClient) =>
      some
        .getQueryCache()
        .getAll()
        .map(({ queryKey }) => queryKey[0])
        .sort();
    await using page = await mount(element());
    await page.until(() => page.text() === 'yesother');
    assert.deepEqual(keysOf(outer), ['other', 'rolecall']);
    outer.clear();
    await page.render(element(inner));
    await page.until(() => page.text() === 'yesother');
    assert.deepEqual([keysOf(outer), keysOf(inner)], [['other'], ['rolecall']]);
    outer.clear();
    inner.clear();
  });

  test('without a provider says so', async (context) => {
    // React reports the error to the console, too.
    context.mock.method(console, 'error', () => {});
    const { Probe } = createProbe();
    await assert.rejects(
      mount(createElement(Probe, { name: 'name' })),
      /There is no <RolecallProvider> around this component/,
    );
  });
});
