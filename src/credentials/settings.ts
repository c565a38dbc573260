import { z } from 'zod';
import type { Current } from '../lib/current.ts';
import { key, secureUrl, wholeNumber } from '../lib/env-types.ts';
import type { Secret } from '../lib/secret.ts';
import type { EntryParts } from './entry.ts';
import { type Entries, entriesIn } from './file.ts';

/** Where callers' own credentials come from: the URL of a broker, or else the entries of a file. */
export interface CredentialsSettings {
  /** None without a file. */
  readonly entries: Current<Entries>;
  readonly url: URL | undefined;
  /** The bearer token for the URL. */
  readonly token: Current<Secret | undefined>;
  /** The longest time that an entry of the broker is remembered. */
  readonly ttlSeconds: number;
}

/** The variable that may be in a file instead. */
export const keyVariables = ['CREDENTIALS_URL_TOKEN'] as const;
/** Its value is the path of a file; for `credentialsSettings`, it is the file's text. */
export const FILE_VARIABLE = 'CREDENTIALS_FILE';

export function credentialsSettings(parts: EntryParts) {
  return z
    .object({
      [FILE_VARIABLE]: entriesIn(parts)
        .optional()
        .describe(
          'with CREDENTIALS=caller: the absolute path of a JSON file with everyone’s keys, read again when it changes',
        ),
      CREDENTIALS_URL: secureUrl
        .optional()
        .describe(
          'instead of CREDENTIALS_FILE: the URL of your service that knows everyone’s keys',
        ),
      CREDENTIALS_URL_TOKEN: key.optional().describe('the bearer token for CREDENTIALS_URL'),
      CREDENTIALS_TTL_SECONDS: wholeNumber(0, 86_400)
        .default(60)
        .describe('the longest time that keys from CREDENTIALS_URL are remembered'),
    })
    .transform((set) => ({
      entries: { value: set[FILE_VARIABLE] ?? new Map() },
      url: set.CREDENTIALS_URL,
      token: { value: set.CREDENTIALS_URL_TOKEN },
      ttlSeconds: set.CREDENTIALS_TTL_SECONDS,
    })) satisfies z.ZodType<CredentialsSettings>;
}
