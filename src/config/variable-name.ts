import type { z } from 'zod';
import type { cacheSettings } from '../cache/settings.ts';
import type {
  keyVariables as brokerVariables,
  credentialsSettings,
} from '../credentials/settings.ts';
import type { identitySettings } from '../identity/settings.ts';
import type { ProviderKeyVariable, ProviderVariable } from '../providers/index.ts';
import type { redisSettings, keyVariables as redisVariables } from '../redis/settings.ts';
import type { serverSettings, keyVariables as serverVariables } from '../server/settings.ts';
import type { upstreamSettings } from '../upstream/settings.ts';
import type { ownSettings } from './variables.ts';

type NamesOf<Schema extends z.ZodType> = keyof z.input<Schema>;

type KeyVariable =
  | ProviderKeyVariable
  | (typeof brokerVariables | typeof redisVariables | typeof serverVariables)[number];

/** The names of all variables, as their schemas have them, and NODE_ENV: `production` refuses the sandbox. */
export type VariableName =
  | NamesOf<typeof ownSettings>
  | ProviderVariable
  | NamesOf<ReturnType<typeof credentialsSettings>>
  | NamesOf<typeof identitySettings>
  | NamesOf<typeof serverSettings>
  | NamesOf<typeof upstreamSettings>
  | NamesOf<typeof cacheSettings>
  | NamesOf<typeof redisSettings>
  | `${KeyVariable}_FILE`
  | 'NODE_ENV';
