import type { Provider } from './provider.ts';

/** Lists the variables of each provider's keys, for messages: "A_KEY and B_KEY, or C_KEY". */
export function keysText(providers: readonly Pick<Provider, 'keyVariables'>[]): string {
  return providers.map(({ keyVariables }) => keyVariables.join(' and ')).join(', or ');
}
