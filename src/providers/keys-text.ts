import type { Provider } from './provider.ts';

/** The variables that connect a provider, for sentences: "A_KEY and B_KEY, or C_KEY". */
export function keysText(providers: readonly Pick<Provider, 'keyVariables'>[]): string {
  return providers.map(({ keyVariables }) => keyVariables.join(' and ')).join(', or ');
}
