import type { z } from 'zod';
import { datadog } from './datadog/index.ts';
import type * as datadogSettings from './datadog/settings.ts';
import { heygen } from './heygen/index.ts';
import type * as heygenSettings from './heygen/settings.ts';
import type { Provider } from './provider.ts';

/** In the order of the schema's `Provider` enum. */
export const providers: readonly Provider[] = [datadog, heygen];

/** The names of the providers' variables. */
export type ProviderVariable =
  | keyof z.input<typeof datadogSettings.settings>
  | keyof z.input<typeof heygenSettings.settings>;

/** Those that may stand in a file instead. */
export type ProviderKeyVariable = (
  | typeof datadogSettings.keyVariables
  | typeof heygenSettings.keyVariables
)[number];
