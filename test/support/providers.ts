import { datadog } from '../../src/providers/datadog/index.ts';
import { heygen } from '../../src/providers/heygen/index.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { USER_ID, userDocument } from '../fixtures/datadog.ts';
import { USERNAME, v1 } from '../fixtures/heygen.ts';
import type { FaultsOfVendor } from './faults.ts';
import { json, type Script } from './upstream.ts';

/**
 * Part of every key in the fixtures: search for it where no key may be. No two keys share 12 characters in a row, because
 * redacting one would then hide that the other is not redacted.
 */
export const KEY_MARK = 'MARKEDKEY';

export type Texts = Readonly<Record<string, string>>;

/** What a test needs to know about a provider to treat it like all others. */
export interface ProviderFixture {
  readonly provider: Provider;
  /** All key variables, each with a key that contains `KEY_MARK`. */
  readonly keys: Texts;
  /** The variable that replaces the base URL. */
  readonly urlVariable: string;
  /** The variables needed so that one call fetches the current user. */
  readonly variables: Texts;
  /** All headers that carry a key, each with a key that contains `KEY_MARK`. */
  readonly keyHeaders: Texts;
  /** The provider's other headers, each with a valid value. */
  readonly otherHeaders: Texts;
  /** A person's part of CREDENTIALS_FILE, with the same keys and all members that the provider needs. */
  readonly stored: Texts;
  /** The path of that call below the base URL, and the body of the vendor's response. */
  readonly path: string;
  readonly response: object;
  /** An error response that contains these words. */
  readonly error: (words: string) => { readonly status: number; readonly body: unknown };
  /** The user that the provider's field of `Viewer` serves for that response. */
  readonly user: Readonly<Record<string, string | null>>;
  /** Faults whose outcome differs from `httpPolicy`, by their names in `faults.ts`. */
  readonly faults: FaultsOfVendor;
}

/** A fixture for each provider, in the order of the list of providers. */
export const fixtures: readonly ProviderFixture[] = [
  {
    provider: datadog,
    keys: { DD_API_KEY: `dd-api-${KEY_MARK}`, DD_APP_KEY: `dd-app-${KEY_MARK}` },
    urlVariable: 'DATADOG_API_URL',
    variables: {},
    keyHeaders: {
      'DD-API-KEY': `dd-api-${KEY_MARK}`,
      'DD-APPLICATION-KEY': `dd-app-${KEY_MARK}`,
    },
    otherHeaders: { 'DD-SITE': 'datadoghq.eu' },
    stored: { apiKey: `dd-api-${KEY_MARK}`, appKey: `dd-app-${KEY_MARK}` },
    path: '/api/v2/current_user',
    response: userDocument(),
    error: (words) => ({
      status: 400,
      body: { errors: [words, { title: words, detail: words }] },
    }),
    user: {
      __typename: 'DatadogUser',
      provider: 'DATADOG',
      id: USER_ID,
      username: 'ada.handle@fictional.example',
      displayName: 'Ada Fictional',
      email: 'ada@fictional.example',
    },
    faults: { '429 with X-RateLimit-Reset': { attempts: 1, retryAfter: 30 } },
  },
  {
    provider: heygen,
    keys: { HEYGEN_API_KEY: `heygen-${KEY_MARK}` },
    urlVariable: 'HEYGEN_API_URL',
    variables: { HEYGEN_API_VERSION: 'v1' },
    keyHeaders: { 'X-HeyGen-Api-Key': `heygen-${KEY_MARK}` },
    otherHeaders: {},
    stored: { apiKey: `heygen-${KEY_MARK}` },
    path: '/v1/user/me',
    response: v1(),
    error: (words) => ({ status: 400, body: { message: words, detail: words } }),
    user: {
      __typename: 'HeyGenUser',
      provider: 'HEYGEN',
      id: USERNAME,
      username: USERNAME,
      displayName: 'Ada Fictional',
      email: 'ada@fictional.example',
    },
    faults: {},
  },
];

/** The fixture of the provider with this field of `Viewer`. */
export function fixtureOf(field: string): ProviderFixture {
  const fixture = fixtures.find(({ provider }) => provider.field === field);
  if (fixture === undefined) throw new Error(`No fixture has the field ${field}`);
  return fixture;
}

/** This member of all fixtures, merged into one object. */
export function ofAll(member: 'keys' | 'variables' | 'keyHeaders' | 'otherHeaders'): Texts {
  return Object.assign({}, ...fixtures.map((fixture) => fixture[member]));
}

/** Responds with the current user, and with 404 to every other path. */
export function goodVendor({ path, response }: ProviderFixture): Script {
  return (...call) =>
    (call[1].path === path ? json(response) : json({ message: 'Not Found' }, 404))(...call);
}

/** Responds with the vendor's error, with words that depend on the request. */
export function vendorSaying(
  { error }: ProviderFixture,
  words: (seen: Parameters<Script>[1]) => string,
): Script {
  return (...call) => {
    const { status, body } = error(words(call[1]));
    json(body, status)(...call);
  };
}
