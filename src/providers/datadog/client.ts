import { isJsonObject, parseJson } from '../../json.ts';
import { fingerprint } from '../../secret.ts';
import type { Reply } from '../../upstream/attempt.ts';
import { SingleFlight } from '../../upstream/single-flight.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { failureError, replyError, shapeError, type Vendor } from '../../upstream/vendor-error.ts';
import type { RequestScope } from '../provider.ts';
import { Directory } from './directory.ts';
import { toHeaders } from './headers.ts';
import { DocumentError } from './json-api.ts';
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
   * Asks for the current user (https://docs.datadoghq.com/api/latest/users/get-current-user/).
   * Callers who ask at the same time with the same credentials share the answer.
   * @throws {RolecallError} where Datadog does not give it
   */
  fetchCurrentUser(credentials: Credentials, request: RequestScope): Promise<Directory>;
}

export function createClient(upstream: Upstream): Client {
  const flights = new SingleFlight<Directory>();

  async function fetchCurrentUser(
    credentials: Credentials,
    { signal, report }: RequestScope,
  ): Promise<Directory> {
    const { baseUrl } = credentials;
    const reply = await upstream.get(baseUrl, {
      url: new URL('api/v2/current_user', baseUrl),
      headers: toHeaders(credentials),
      signal,
      report,
    });
    const body = parseJson(reply.body);
    if (reply.status < 200 || reply.status > 299) {
      throw replyError(vendor, reply, redact(credentials, vendorWords(body)));
    }
    return toDirectory(reply, body);
  }

  return {
    async fetchCurrentUser(credentials, { signal, report }) {
      const { apiKey, appKey, baseUrl } = credentials;
      const key = `${fingerprint(apiKey, appKey)} ${baseUrl}`;
      try {
        return await flights.join(key, signal, (shared) =>
          fetchCurrentUser(credentials, { signal: shared, report }),
        );
      } catch (error) {
        throw failureError(vendor, error);
      }
    },
  };
}

function toDirectory(reply: Reply, body: unknown): Directory {
  if (body === undefined) throw shapeError(vendor, reply, 'it is not JSON');
  try {
    return new Directory(body);
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

function redact({ apiKey, appKey }: Credentials, words: string | undefined): string | undefined {
  return words && apiKey.redact(appKey.redact(words));
}
