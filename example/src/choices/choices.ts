import { useCallback, useEffect, useState } from 'react';

export const VENDOR_STATES = {
  connected: 'Responds',
  unavailable: 'Is down',
  revoked: 'Rejects key',
  disconnected: 'No key',
} as const;
export const NETWORKS = { normal: 'Normal', slow: 'Slow' } as const;

/** What the page shows, and under which conditions. It names a person and never a key. */
export interface Choices {
  readonly person: string;
  readonly datadog: keyof typeof VENDOR_STATES;
  readonly heygen: keyof typeof VENDOR_STATES;
  readonly network: keyof typeof NETWORKS;
}

const DEFAULTS: Choices = {
  person: 'robin',
  datadog: 'connected',
  heygen: 'connected',
  network: 'normal',
};

/** The choices of a page's address, so that every state has a link. */
export function choicesIn(search: string): Choices {
  const query = new URLSearchParams(search);
  const oneOf = <Name extends string>(key: string, names: Record<Name, string>, other: Name) => {
    const value = query.get(key) ?? '';
    return Object.hasOwn(names, value) ? (value as Name) : other;
  };
  return {
    person: query.get('person') ?? DEFAULTS.person,
    datadog: oneOf('datadog', VENDOR_STATES, DEFAULTS.datadog),
    heygen: oneOf('heygen', VENDOR_STATES, DEFAULTS.heygen),
    network: oneOf('network', NETWORKS, DEFAULTS.network),
  };
}

function searchOf(choices: Choices): string {
  const chosen = Object.entries(choices).filter(
    ([key, value]) => value !== DEFAULTS[key as keyof Choices],
  );
  return new URLSearchParams(chosen).toString();
}

/** The headers by which the example's backend knows the choices. */
export function headersOf({ person, datadog, heygen, network }: Choices): Record<string, string> {
  return {
    'x-person': person,
    'x-datadog': datadog,
    'x-heygen': heygen,
    'x-network': network,
  };
}

/** The choices of the address, and a function that changes some of them. */
export function useChoices(): readonly [Choices, (changes: Partial<Choices>) => void] {
  const [choices, setChoices] = useState(() => choicesIn(location.search));
  useEffect(() => {
    const read = () => setChoices(choicesIn(location.search));
    window.addEventListener('popstate', read);
    return () => window.removeEventListener('popstate', read);
  }, []);
  const change = useCallback((changes: Partial<Choices>) => {
    const changed = { ...choicesIn(location.search), ...changes };
    const search = searchOf(changed);
    history.pushState(null, '', search === '' ? location.pathname : `?${search}`);
    setChoices(changed);
  }, []);
  return [choices, change];
}
