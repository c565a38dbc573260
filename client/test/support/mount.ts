import './page.ts';
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { QueryClient } from '@tanstack/react-query';
import { act, createElement, type ReactNode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { RolecallProvider, type RolecallProviderProps, useCan } from '../../src/react/index.ts';

const POLL_MS = 5;
const MAX_POLLS = 1_000;

/** Renders the element into the page; with a server's HTML, hydrates that. */
export async function mount(element: ReactNode, html?: string) {
  const place = document.createElement('div');
  place.innerHTML = html ?? '';
  document.body.append(place);
  const root = await act(async () => {
    if (html !== undefined) return hydrateRoot(place, element);
    const created = createRoot(place);
    created.render(element);
    return created;
  });
  return {
    text: () => place.textContent,
    html: () => place.innerHTML,
    render: (next: ReactNode) => act(async () => root.render(next)),
    /** Lets React work for this long. */
    wait: (ms: number) => act(async () => setTimeout(ms)),
    /** Lets React work until the condition holds. */
    async until(isSo: () => boolean): Promise<void> {
      for (let poll = 0; !isSo(); poll += 1) {
        assert.ok(poll < MAX_POLLS, `still: ${place.innerHTML}`);
        await act(async () => setTimeout(POLL_MS));
      }
    },
    async [Symbol.asyncDispose]() {
      await act(async () => root.unmount());
      place.remove();
    },
  };
}

/** A provider with a query client of its own, which the caller clears. */
export function provider(
  props: Omit<RolecallProviderProps, 'queryClient'> & { readonly queryClient?: QueryClient },
) {
  const queryClient = props.queryClient ?? new QueryClient();
  return {
    queryClient,
    element: createElement(RolecallProvider, { ...props, queryClient }),
    // Its timers would keep the process alive.
    [Symbol.dispose]: () => queryClient.clear(),
  };
}

/** A component that shows the status of a permission, and keeps all that it has shown. */
export function createProbe() {
  const shown: string[] = [];
  let last: ReturnType<typeof useCan> | undefined;
  function Probe({ name }: { readonly name: string }): ReactNode {
    const result = useCan(name);
    last = result;
    if (shown.at(-1) !== result.status) shown.push(result.status);
    assert.equal(result.allowed, result.status === 'granted');
    return result.status;
  }
  return {
    Probe,
    /** The statuses in turn. */
    shown,
    last: () => {
      assert.ok(last);
      return last;
    },
  };
}
