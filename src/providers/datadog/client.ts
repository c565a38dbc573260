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

  /** @param path relative to `api/v2/` */
  fetch<T>(path: string, reader: Reader<T>, request = withoutReject(this.#request)): Promise<T> {
    const { baseUrl, apiKey, appKey } = this.#credentials;
    const headers = toHeaders(this.#credentials);
    return this.#upstream.fetch(
      { ...request, baseUrl, path: `api/v2/${path}`, secrets: [apiKey, appKey], headers },
      reader,
    );
  }

  /** Every operation calls this first, so a 403 of another path is about a permission, not about the keys. */
  currentUser(reader: Reader<Resources> = readUser): Promise<Resources> {
    return this.fetch('current_user', reader, this.#request);
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

function withoutReject({ reject: _, ...request }: RequestScope): RequestScope {
  return request;
}
