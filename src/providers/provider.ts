import type { z } from 'zod';
import type { UserShape } from '../schema/builder.ts';
import type { SchemaProvider } from '../schema/provider.ts';
import type { RequestScope } from '../upstream/call.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Vendor } from '../upstream/vendor.ts';

/** What the environment says about a provider, as its `settings` schema gives it. */
export interface ProviderSettings<Credentials = unknown> {
  /** The server's own credentials, where the environment has them. */
  readonly credentials: Credentials | undefined;
}

/**
 * A vendor's API as Rolecall sees it: everything that the rest of the code needs to know.
 * It is written in methods so that the list of providers can hold providers of any settings and session.
 */
export interface Provider<
  Settings extends ProviderSettings = ProviderSettings,
  Credentials = unknown,
  Session = unknown,
  User extends UserShape = UserShape,
> extends SchemaProvider<Session, User>,
    Vendor {
  /** Reads its environment variables; every issue's message begins with "must" or is a sentence. */
  readonly settings: z.ZodType<Settings>;
  readonly sandbox: ProviderSandbox<Settings>;

  /** Can it look people up, so that `connectPerson` is there? Others are not connected where `VIEWER=caller`. */
  readonly findsPeople?: true;

  /** The environment variables of the server's own keys; it takes all of them to connect the provider. */
  readonly keyVariables: readonly string[];
  /** How its variables begin, if no other program's do: one that begins so and is unknown is warned of at start. */
  readonly variablePrefix?: string;
  /** The current names of its variables by former ones, which still work and are warned of at start. */
  readonly renamedVariables?: Readonly<Record<string, string>>;

  readonly headers: ProviderHeaders;

  /** Where the vendor is asked with the server's credentials, or with those of requests: a base URL, in words for the log. */
  placeText(settings: Settings, credentials: 'server' | 'request'): string;

  /**
   * Credentials out of a request's headers, undefined where there are none.
   * @throws {RolecallError} CREDENTIALS_MISSING or CREDENTIALS_INVALID where they cannot be used
   */
  readHeaders(headers: Headers, settings: Settings): Credentials | undefined;

  /**
   * Called once per process. What it keeps serves every caller: of a person, whom `upstream` keeps the responses about,
   * no more than the id.
   */
  open(settings: Settings, upstream: Upstream): OpenProvider<Credentials, Session>;
}

/** The headers of a request that concern a provider. */
export interface ProviderHeaders {
  /** Those that carry its keys, as they are written. */
  readonly keys: readonly string[];
  /** Those that go with them. */
  readonly others: readonly string[];
  /** Names that callers mistake for these: one that comes without any key is an error that names what is meant. */
  readonly lookalikes: RegExp;
}

export interface OpenProvider<Credentials = unknown, Session = unknown> {
  /** Called once per request; asks the vendor for nothing yet. */
  connect(credentials: Credentials, request: RequestScope): Session;
  /**
   * As `connect`, with this person as the viewer instead of the owner of the credentials.
   * It is there where the provider `findsPeople`.
   */
  connectPerson?(credentials: Credentials, person: Person, request: RequestScope): Session;
}

/** What a verified token says of its bearer, as far as a vendor's people can be found by it. */
export interface Person {
  readonly email: string | undefined;
  /** Does the issuer vouch for the e-mail address? Nobody may be found by one that is not verified. */
  readonly emailVerified: boolean;
}

/** A provider's part of the embedded sandbox. */
export interface ProviderSandbox<Settings> {
  /** The environment variables that the sandbox stands in for: they are ignored where `SANDBOX=1`. */
  readonly variables: readonly string[];
  /** Settings that lead to the sandbox, with credentials that mean something there only. */
  settings(settings: Settings, baseUrl: URL): Settings;
  respond(request: SandboxRequest): SandboxResponse;
}

/** What a provider's client sends. */
export interface SandboxRequest {
  readonly method: string;
  /** Below the base URL, with a slash before it. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly body: unknown;
}
