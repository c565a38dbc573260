import { datadog } from '../../src/providers/datadog/index.ts';
import { heygen } from '../../src/providers/heygen/index.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { USER_ID, userDocument } from '../fixtures/datadog.ts';
import { USERNAME, v1 } from '../fixtures/heygen.ts';
import type { FaultsOfVendor } from './faults.ts';
import { json, type Script } from './upstream.ts';

/**
 * Part of every key of a fixture: where no key may be found, look for this. No two keys have 12 characters in a row
 * in common, since redacting the one would then hide that the other is not redacted.
 */
export const KEY_MARK = 'MARKEDKEY';

export type Texts = Readonly<Record<string, string>>;

/** What a test needs to know of a provider in order to treat it like every other. */
export interface ProviderFixture {
  readonly provider: Provider;
  /** Every key variable, with a key that contains `KEY_MARK`. */
  readonly keys: Texts;
  /** The variable that holds another base URL. */
  readonly urlVariable: string;
  /** Variables with which one call fetches the current user; none where that is so by default. */
  readonly variables: Texts;
  /** Every header that carries a key, with a key that contains `KEY_MARK`. */
  readonly keyHeaders: Texts;
  /** Every header that goes with them, with a value that the provider takes. */
  readonly otherHeaders: Texts;
  /** The same keys as a person's part of CREDENTIALS_FILE: every member that the provider needs. */
  readonly stored: Texts;
  /** The path of that call below the base URL, and the vendor's response to it. */
  readonly path: string;
  readonly response: object;
  /** An error response in which the vendor says this. */
  readonly error: (words: string) => { readonly status: number; readonly body: unknown };
  /** What the provider's field of `Viewer` gives for the response. */
  readonly user: Readonly<Record<string, string | null>>;
  /** Faults that end otherwise than HTTP's own rules have it, by their names in `faults.ts`. */
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

/** The members of every fixture in one object. */
export function ofAll(member: 'keys' | 'variables' | 'keyHeaders' | 'otherHeaders'): Texts {
  return Object.assign({}, ...fixtures.map((fixture) => fixture[member]));
}

/** Responds with the current user, and with 404 to every other path. */
export function goodVendor({ path, response }: ProviderFixture): Script {
  return (...call) =>
    (call[1].path === path ? json(response) : json({ message: 'Not Found' }, 404))(...call);
}

/** Responds with the vendor's error that says this of the request. */
export function vendorSaying(
  { error }: ProviderFixture,
  words: (seen: Parameters<Script>[1]) => string,
): Script {
  return (...call) => {
    const { status, body } = error(words(call[1]));
    json(body, status)(...call);
  };
}
