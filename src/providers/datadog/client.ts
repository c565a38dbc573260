import type { Document } from '../../lib/json-api.ts';
import type { RequestScope } from '../../upstream/call.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { toHeaders } from './headers.ts';
import { Resources } from './resources.ts';
import type { Credentials } from './settings.ts';

/**
 * Asks Datadog for a JSON:API document.
 * @param path below the base URL: `api/v2/current_user`
 * @param toDocument makes the document of a body; it throws a ShapeError where the body is none
 * @throws {RolecallError} where Datadog does not give it
 */
export function fetchResources(
  upstream: Upstream,
  path: string,
  toDocument: (body: unknown) => Document,
  credentials: Credentials,
  { signal, report }: RequestScope,
): Promise<Resources> {
  const { baseUrl, apiKey, appKey } = credentials;
  return upstream.fetch(
    { baseUrl, path, secrets: [apiKey, appKey], headers: toHeaders(credentials), signal, report },
    { read: (body) => new Resources(toDocument(body)) },
  );
}
