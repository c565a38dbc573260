import type { z } from 'zod';
import type { UserShape } from '../schema/builder.ts';
import type { SchemaProvider } from '../schema/provider.ts';
import type { RequestScope } from '../upstream/call.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Vendor } from '../upstream/vendor.ts';

/** A provider's settings, as its `settings` schema returns them. */
export interface ProviderSettings<Credentials = unknown> {
  /** The server's own credentials; undefined if the environment has none. */
  readonly credentials: Credentials | undefined;
}

/**
 * The contract of a provider: everything that the rest of the code needs from it.
 * It uses methods so that a list can hold providers with different types of settings and session.
 */
export interface Provider<
  Settings extends ProviderSettings = ProviderSettings,
  Credentials = unknown,
  Session = unknown,
  User extends UserShape = UserShape,
> extends SchemaProvider<Session, User>,
    Vendor {
  /** Reads its environment variables. Each issue's message begins with "must", because it follows the variable's name. */
  readonly settings: z.ZodType<Settings>;
  readonly sandbox: ProviderSandbox<Settings>;

  /** Can it look people up? Then it has `connectPerson`. Other providers are not connected with `VIEWER=caller`. */
  readonly findsPeople?: true;

  /**
   * The environment variables of the server's own keys; all of them are needed to connect the provider.
   * Each may be in a file, whose path is in `<name>_FILE`: `settings` gets its text, and must refuse an empty one.
   */
  readonly keyVariables: readonly string[];
  /** A prefix that only its variables have: Rolecall warns at startup of unknown variables with it. */
  readonly variablePrefix?: string;
  /** Former names of its variables, with the current ones. Former names still work, with a warning at startup. */
  readonly renamedVariables?: Readonly<Record<string, string>>;

  readonly headers: ProviderHeaders;

  /** For the log: the base URL for the server's credentials, or for those of requests or callers. */
  baseUrlText(settings: Settings, whose: 'server' | 'request' | 'caller'): string;

  /**
   * The credentials in a request's headers; undefined if there are none.
   * @throws {RolecallError} CREDENTIALS_MISSING or CREDENTIALS_INVALID if they cannot be used
   */
  readHeaders(headers: Headers, settings: Settings): Credentials | undefined;

  /**
   * Reads its part of a person's entry in CREDENTIALS_FILE, or of the response of CREDENTIALS_URL: a `strictObject`.
   * Each issue's message begins with "must", and quotes no value.
   */
  storedCredentials(settings: Settings): z.ZodType<Credentials>;

  /**
   * Called once per process. What it keeps serves every caller, so it must keep no more of a person than the ID;
   * `upstream` caches the responses.
   */
  open(settings: Settings, upstream: Upstream): OpenProvider<Credentials, Session>;
}

/** The request headers of a provider. */
export interface ProviderHeaders {
  /** The headers of its keys, in their usual spelling. */
  readonly keys: readonly string[];
  /** Other headers, such as the site. */
  readonly others: readonly string[];
  /** Similar names. In a request without any key, such a header is an error that names the right headers. */
  readonly lookalikes: RegExp;
}

export interface OpenProvider<Credentials = unknown, Session = unknown> {
  /** Called once per request. Must not call the vendor yet. */
  connect(credentials: Credentials, request: RequestScope): Session;
  /**
   * As `connect`, with this person as the viewer instead of the owner of the credentials.
   * Required if the provider `findsPeople`.
   */
  connectPerson?(credentials: Credentials, person: Person, request: RequestScope): Session;
}

/** The claims of a verified token by which a vendor can find the person. */
export interface Person {
  readonly email: string | undefined;
  /** Does the issuer vouch for the e-mail address? If not, it must not be used. */
  readonly emailVerified: boolean;
}

/** A provider's part of the embedded sandbox. */
export interface ProviderSandbox<Settings> {
  /** The environment variables that the sandbox replaces: they are ignored with `SANDBOX=1`. */
  readonly variables: readonly string[];
  /** Settings for calling the sandbox, with credentials that are valid only there. */
  settings(settings: Settings, baseUrl: URL): Settings;
  respond(request: SandboxRequest): SandboxResponse;
}

/** A request of a provider's client. */
export interface SandboxRequest {
  readonly method: string;
  /** Relative to the base URL, with a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly body: unknown;
}
