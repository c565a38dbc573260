import type { z } from 'zod';
import { datadog } from './datadog/index.ts';
import type * as datadogSettings from './datadog/settings.ts';
import { heygen } from './heygen/index.ts';
import type * as heygenSettings from './heygen/settings.ts';
import type { Provider } from './provider.ts';

/** In the order of the schema's `Provider` enum. A new provider is a folder, and an entry in these. */
export const providers: readonly Provider[] = [datadog, heygen];

type ProviderSettings = typeof datadogSettings | typeof heygenSettings;

/** The names of the providers' variables. */
export type ProviderVariable = {
  [Each in ProviderSettings as string]: keyof z.input<Each['settings']>;
}[string];

/** Those that may stand in a file instead. */
export type ProviderKeyVariable = ProviderSettings['keyVariables'][number];
