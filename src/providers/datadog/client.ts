import { Document } from '../../lib/json-api.ts';
import type { RequestScope } from '../../upstream/call.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Reader } from '../../upstream/vendor.ts';
import { toHeaders } from './headers.ts';
import { Resources } from './resources.ts';
import type { Credentials } from './settings.ts';

const MAX_ID_LENGTH = 256;

/** Can an id from outside be part of a path? It must not change the path, and must fit into a URL. */
export function canBeInPath(id: string): boolean {
  return id !== '.' && id !== '..' && id.length <= MAX_ID_LENGTH && id.isWellFormed();
}

/**
 * One request's calls to Datadog (https://docs.datadoghq.com/api/latest/users/ and .../roles/), all with the same
 * credentials. Each throws a RolecallError if Datadog does not return the resource.
 */
export class Client {
  readonly #upstream: Upstream;
  readonly #credentials: Credentials;
  readonly #request: RequestScope;

  constructor(upstream: Upstream, credentials: Credentials, request: RequestScope) {
    this.#upstream = upstream;
    this.#credentials = credentials;
    this.#request = request;
  }

  /**
   * @param path relative to `api/v2/`
   * @param reject as in `RequestScope`, if it is the path that shows whether the keys are right
   */
  fetch<T>(path: string, reader: Reader<T>, reject?: RequestScope['reject']): Promise<T> {
    const { baseUrl, apiKey, appKey } = this.#credentials;
    const { signal, report } = this.#request;
    return this.#upstream.fetch(
      {
        baseUrl,
        path: `api/v2/${path}`,
        secrets: [apiKey, appKey],
        headers: toHeaders(this.#credentials),
        signal,
        report,
        ...(reject && { reject }),
      },
      reader,
    );
  }

  /** Every operation calls this first, so a 403 of another path is about a permission, not about the keys. */
  currentUser(reader: Reader<Resources> = readUser): Promise<Resources> {
    return this.fetch('current_user', reader, this.#request.reject);
  }

  user(id: string, reader: Reader<Resources> = readUser): Promise<Resources> {
    return this.fetch(`users/${encodeURIComponent(id)}`, reader);
  }

  role(id: string, reader: Reader<Resources> = readRole): Promise<Resources> {
    return this.fetch(`roles/${encodeURIComponent(id)}`, reader);
  }

  permissions(): Promise<Resources> {
    return this.fetch('permissions', readPermissions);
  }
}

const readUser = { read: (body: unknown) => new Resources(Document.ofOne(body, 'users')) };
const readRole = { read: (body: unknown) => new Resources(Document.ofOne(body, 'roles')) };
const readPermissions = {
  read: (body: unknown) => new Resources(Document.ofMany(body, 'permissions')),
};
