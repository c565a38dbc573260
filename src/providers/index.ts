import { datadog } from './datadog/index.ts';
import { heygen } from './heygen/index.ts';
import type { Provider } from './provider.ts';

/** In the order of the schema's `Provider` enum. A new provider is a folder and a line here. */
export const providers: readonly Provider[] = [datadog, heygen];
