import { isJsonObject } from '../../lib/json.ts';
import { type Document, DocumentError } from '../../lib/json-api.ts';
import { fingerprint } from '../../lib/secret.ts';
import { isSuccess, type Reply, readRefusal } from '../../upstream/reply.ts';
import { SingleFlight } from '../../upstream/single-flight.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { failureError, replyError, shapeError, type Vendor } from '../../upstream/vendor-error.ts';
import type { RequestScope } from '../provider.ts';
import { Directory } from './directory.ts';
import { toHeaders } from './headers.ts';
import type { Credentials } from './settings.ts';

const vendor: Vendor = {
  provider: 'DATADOG',
  title: 'Datadog',
  credentialsHint:
    'Check that both keys are right, and that they belong to the Datadog site that is asked.',
  permissionHint:
    'Datadog also says this to a wrong key or a wrong site: check both keys and the site, then whether the application key may read its own user.',
};

export interface Client {
  /**
   * Asks for a document of Datadog's. Callers who ask at the same time with the same credentials share the answer.
   * @param path below the base URL: `api/v2/current_user`
   * @param read gives the document that a body is; it throws a DocumentError where the body is none
   * @throws {RolecallError} where Datadog does not give it
   */
  fetch(
    path: string,
    read: (body: unknown) => Document,
    credentials: Credentials,
    request: RequestScope,
  ): Promise<Directory>;
}

export function createClient(upstream: Upstream): Client {
  const flights = new SingleFlight<Directory>();

  async function fetch(
    key: string,
    credential: string,
    url: URL,
    read: (body: unknown) => Document,
    credentials: Credentials,
    { signal, report }: RequestScope,
  ): Promise<Directory> {
    const headers = toHeaders(credentials);
    const reply = await upstream.get(credentials.baseUrl, {
      url,
      credential,
      headers,
      signal,
      report,
    });
    if (!isSuccess(reply)) {
      const words = vendorWords(readRefusal(reply));
      throw replyError(vendor, reply, words, [credentials.apiKey, credentials.appKey]);
    }
    const directory = upstream.memory.read(key, reply, (body) => toDirectory(reply, body, read));
    upstream.accept(credentials.baseUrl, credential);
    return directory;
  }

  return {
    async fetch(path, read, credentials, { signal, report }) {
      const url = new URL(path, credentials.baseUrl);
      const credential = fingerprint(credentials.apiKey, credentials.appKey);
      const key = `${credential} ${url}`;
      try {
        return await flights.join(key, signal, (shared) =>
          fetch(key, credential, url, read, credentials, { signal: shared, report }),
        );
      } catch (error) {
        throw failureError(vendor, error);
      }
    },
  };
}

function toDirectory(reply: Reply, body: unknown, read: (body: unknown) => Document): Directory {
  if (body === undefined) throw shapeError(vendor, reply, 'it is not JSON');
  try {
    return new Directory(read(body));
  } catch (error) {
    if (error instanceof DocumentError) throw shapeError(vendor, reply, error.message);
    throw error;
  }
}

/** `errors` holds texts, or objects with a title and a detail. */
function vendorWords(body: unknown): string | undefined {
  if (!isJsonObject(body) || !Array.isArray(body['errors'])) return undefined;
  const words = body['errors'].map((error: unknown) => {
    if (!isJsonObject(error)) return error;
    return [error['title'], error['detail']].filter((text) => typeof text === 'string').join(': ');
  });
  return words.filter((text) => typeof text === 'string' && text !== '').join('; ');
}
