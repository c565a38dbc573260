import type { Trace } from '../context.ts';
import { BROKER, Broker, type BrokerMeans } from '../credentials/broker.ts';
import type { EntryParts } from '../credentials/entry.ts';
import { createFileStore } from '../credentials/file.ts';
import type { CredentialsSettings } from '../credentials/settings.ts';
import type { CredentialStore, Owner } from '../credentials/store.ts';
import { RolecallError } from '../errors.ts';
import type { Current } from '../lib/current.ts';
import type { Provider, ProviderSettings } from './provider.ts';
import { scopeOf } from './request-scope.ts';

export interface ConfiguredProvider {
  readonly provider: Provider;
  /** Only its credentials may change. */
  readonly settings: Current<ProviderSettings>;
}

/** The credentials of one request. */
export interface RequestCredentials {
  /** Those for this provider: an error if they cannot be used, undefined if there are none. */
  of(configured: ConfiguredProvider): unknown;
  /** Why nothing is known about them; `of` then gives an error for every provider. */
  readonly error?: RolecallError;
  /** Says that a vendor rejected them. */
  reject?(): void;
}

/** The part of a request that its credentials may depend on. */
export interface CredentialRequest {
  readonly request: Request;
  readonly caller: Owner | undefined;
  readonly trace: Trace;
}

export type CredentialSource = (
  request: CredentialRequest,
) => RequestCredentials | Promise<RequestCredentials>;

/** How each provider reads its part of a person's stored credentials. */
export function entryPartsOf(providers: readonly ConfiguredProvider[]): EntryParts {
  return Object.fromEntries(
    providers.map(({ provider, settings }) => [
      provider.field,
      provider.storedCredentials(settings.value),
    ]),
  );
}

/** The server's own credentials, from the environment. */
export const serverCredentials: RequestCredentials = {
  of: ({ settings }) => settings.value.credentials,
};

/** For credentials in each request's headers. */
export function createHeaderSource(providers: readonly ConfiguredProvider[]): CredentialSource {
  const keyHeaders = providers.flatMap(({ provider }) => provider.headers.keys);
  return ({ request: { headers } }) => {
    const isKeyless = !keyHeaders.some((name) => headers.get(name));
    return {
      of: ({ provider, settings }) =>
        readHeaders(provider, headers, settings.value) ??
        (isKeyless ? findLookalike(provider, headers) : undefined),
    };
  };
}

/** For the stored credentials of the person in the request's token. */
export function createStoreSource(
  { url, ...settings }: CredentialsSettings,
  providers: readonly ConfiguredProvider[],
  means: BrokerMeans,
): CredentialSource {
  const store: CredentialStore =
    url === undefined
      ? createFileStore(settings.entries)
      : new Broker({ ...settings, url }, entryPartsOf(providers), means);
  return async ({ request, caller, trace }) => {
    if (caller === undefined) {
      throw new Error('CREDENTIALS is caller, and a request without a caller was let in');
    }
    try {
      const entry = await store.find(caller, scopeOf(request, trace, BROKER));
      return {
        of: ({ provider }) => entry?.[provider.field],
        ...(entry && { reject: () => store.reject(caller, entry) }),
      };
    } catch (error) {
      if (!(error instanceof RolecallError)) throw error;
      const { message, extensions } = error;
      return {
        of: ({ provider }) =>
          new RolecallError(message, { ...extensions, provider: provider.name }),
        error,
      };
    }
  };
}

function readHeaders(provider: Provider, headers: Headers, settings: ProviderSettings): unknown {
  try {
    return provider.readHeaders(headers, settings);
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
}

/** The error for a request without any key that has a header with a similar name. */
function findLookalike(
  { name, title, headers }: Provider,
  sent: Headers,
): RolecallError | undefined {
  for (const [header, value] of sent) {
    if (value === '' || !headers.lookalikes.test(header)) continue;
    const keys = `${title}’s ${headers.keys.length === 1 ? 'key' : 'keys'}`;
    return new RolecallError(
      `The header ${header} does not connect ${title}: send ${keys} as ${headers.keys.join(' and ')}.`,
      { code: 'CREDENTIALS_MISSING', provider: name },
    );
  }
  return undefined;
}
