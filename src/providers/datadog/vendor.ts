import { isJsonObject } from '../../lib/json.ts';
import { windowPolicy } from '../../upstream/retry-policy.ts';
import type { Vendor } from '../../upstream/vendor.ts';

export const vendor: Vendor = {
  name: 'DATADOG',
  title: 'Datadog',
  credentialsHint: 'Check that both keys are correct and belong to this Datadog site.',
  permissionHint:
    'Check both keys and the site, because Datadog also responds like this to wrong keys. Then check that the application key may read its own user.',
  // Wrong keys often get 403.
  credentialCodes: ['UPSTREAM_UNAUTHENTICATED', 'UPSTREAM_FORBIDDEN'],
  // https://docs.datadoghq.com/api/latest/rate-limits/
  retryPolicy: windowPolicy('x-ratelimit-reset'),
  readError: (body) => ({ words: readWords(body) }),
};

/** `errors` holds strings, or objects with a title and a detail. */
function readWords(body: unknown): string | undefined {
  if (!isJsonObject(body) || !Array.isArray(body['errors'])) return undefined;
  const words = body['errors'].map((error: unknown) => {
    if (!isJsonObject(error)) return error;
    return [error['title'], error['detail']].filter((text) => typeof text === 'string').join(': ');
  });
  return words.filter((text) => typeof text === 'string' && text !== '').join('; ');
}
