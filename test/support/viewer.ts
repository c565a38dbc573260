import assert from 'node:assert/strict';
import type { Issuer } from './issuer.ts';
import { codesOf, createRolecall, DATADOG_KEYS, dataOf } from './rolecall.ts';

export const QUERY = '{ viewer { datadog { name } } }';

/** Rolecall with `VIEWER=caller` in front of this organization. */
export function createRolecallAt(
  organization: { url: string },
  issuer: Issuer,
  more: Record<string, string> = {},
) {
  const rolecall = createRolecall({
    ...DATADOG_KEYS,
    DATADOG_API_URL: organization.url,
    ...issuer.environment,
    VIEWER: 'caller',
    RATE_LIMIT: '0',
    ...more,
  });
  return {
    ...rolecall,
    /** Sends a query as the person with these claims. */
    ask(claims: object | string, query = QUERY, variables?: object) {
      const own =
        typeof claims === 'string' ? { sub: claims, email: claims, email_verified: true } : claims;
      const headers = { authorization: `Bearer ${issuer.sign(own)}` };
      return rolecall.query(query, { headers, ...(variables && { variables }) });
    },
    async nameOf(claims: object | string) {
      return dataOf(await this.ask(claims)).viewer.datadog?.name;
    },
    async codeOf(claims: object | string) {
      const response = await this.ask(claims);
      assert.deepEqual(response.data, { viewer: { datadog: null } });
      return codesOf(response)['viewer.datadog'];
    },
  };
}
