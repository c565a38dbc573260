import { z } from 'zod';
import { strictObject } from '../../credentials/entry.ts';
import { baseUrl, key, oneOf } from '../../lib/env-types.ts';
import type { Secret } from '../../lib/secret.ts';
import type { ProviderSettings } from '../provider.ts';

const DEFAULT_URL = new URL('https://api.heygen.com/');

export interface Settings extends ProviderSettings<Secret> {
  readonly baseUrl: URL;
  /** The API version to call; `auto` calls v1 and, if its route is gone, v3. */
  readonly version: 'auto' | 'v1' | 'v3';
}

export const keyVariables = ['HEYGEN_API_KEY'] as const;

export const settings = z
  .object({
    HEYGEN_API_KEY: key.optional().describe('HeyGen’s key'),
    HEYGEN_API_URL: baseUrl.optional().describe('another base URL, such as a test server'),
    HEYGEN_API_VERSION: oneOf(['auto', 'v1', 'v3'])
      .default('auto')
      .describe('v1, v3, or auto: v1, then v3 for keys for which v1 is gone'),
  })
  .transform(({ HEYGEN_API_KEY, HEYGEN_API_URL, HEYGEN_API_VERSION }) => ({
    credentials: HEYGEN_API_KEY,
    baseUrl: HEYGEN_API_URL ?? DEFAULT_URL,
    version: HEYGEN_API_VERSION,
  })) satisfies z.ZodType<Settings>;

/** A person's key: `{ "apiKey" }`. */
export const storedCredentials: z.ZodType<Secret> = strictObject({ apiKey: key }).transform(
  ({ apiKey }) => apiKey,
);
