import './support/page.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QueryClient } from '@tanstack/react-query';
import { createElement, type ReactNode } from 'react';
import { createRolecallClient, type RolecallClient } from '../src/index.ts';
import { Can, RolecallProvider, useViewer } from '../src/react/index.ts';
import { mount } from './support/mount.ts';

const url = 'http://rolecall.example/graphql';

/** A client of a person, whose responses wait for `respond`. */
function clientOf(person: string, granted: boolean) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const fetch = async (_url: unknown, init?: RequestInit) => {
    await promise;
    const { names } = JSON.parse(String(init?.body)).variables;
    const permissionChecks = (names ?? []).map((name: string) => ({
      name,
      granted,
      grantedBy: [],
    }));
    const datadog = { asOf: null, displayName: person, permissionChecks };
    return Response.json({ data: { viewer: { providers: [], datadog, heygen: null } } });
  };
  return { client: createRolecallClient({ url, fetch }), respond: resolve };
}

function Card(): ReactNode {
  return useViewer().data?.datadog?.displayName ?? '…';
}

const pageOf = (client: RolecallClient, queryClient: QueryClient) =>
  createElement(
    RolecallProvider,
    { client, queryClient },
    createElement(Card),
    createElement(Can, { do: 'name', loading: '?', fallback: ' may not' }, ' may'),
  );

describe('another person’s client', () => {
  test('shows nothing of the first person, at once', async () => {
    const queryClient = new QueryClient();
    const ada = clientOf('Ada', true);
    const bob = clientOf('Bob', false);
    await using page = await mount(pageOf(ada.client, queryClient));
    ada.respond();
    await page.until(() => page.text() === 'Ada may');
    await page.render(pageOf(bob.client, queryClient));
    assert.equal(page.text(), '…?');
    bob.respond();
    await page.until(() => page.text() === 'Bob may not');
    queryClient.clear();
  });

  test('does not get a response that was on its way to the first person', async () => {
    const queryClient = new QueryClient();
    const ada = clientOf('Ada', true);
    const bob = clientOf('Bob', false);
    await using page = await mount(pageOf(ada.client, queryClient));
    await page.render(pageOf(bob.client, queryClient));
    ada.respond();
    await page.until(() => true);
    assert.equal(page.text(), '…?');
    bob.respond();
    await page.until(() => page.text() === 'Bob may not');
    queryClient.clear();
  });

  test('with a query client of its own shows nothing of the first person, either', async () => {
    const [first, second] = [new QueryClient(), new QueryClient()];
    const ada = clientOf('Ada', true);
    const bob = clientOf('Bob', false);
    await using page = await mount(pageOf(ada.client, first));
    ada.respond();
    await page.until(() => page.text() === 'Ada may');
    await page.render(pageOf(bob.client, second));
    assert.equal(page.text(), '…?');
    bob.respond();
    await page.until(() => page.text() === 'Bob may not');
    first.clear();
    second.clear();
  });

  test('removes the first person’s data from memory if told to', async () => {
    const queryClient = new QueryClient();
    const ada = clientOf('Ada', true);
    await using page = await mount(pageOf(ada.client, queryClient));
    ada.respond();
    await page.until(() => page.text() === 'Ada may');
    await page.render(null);
    queryClient.removeQueries({ queryKey: ['rolecall'] });
    assert.deepEqual(queryClient.getQueryCache().getAll(), []);
  });

  test('has its own keys in each query client, and the first one the same in all', async () => {
    const { keyOf } = await import('../src/react/keys.ts');
    const [one, two] = [new QueryClient(), new QueryClient()];
    const [ada, bob] = [clientOf('Ada', true).client, clientOf('Bob', true).client];
    assert.deepEqual([keyOf(one, ada), keyOf(one, bob), keyOf(one, ada)].map(String), [
      'rolecall,0',
      'rolecall,1',
      'rolecall,0',
    ]);
    assert.deepEqual(keyOf(two, bob), ['rolecall', 0]);
  });
});
