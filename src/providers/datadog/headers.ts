import { RolecallError } from '../../errors.ts';
import { readKeyHeader } from '../key-header.ts';
import type { ProviderHeaders } from '../provider.ts';
import {
  type Credentials,
  parseSite,
  type Settings,
  SITES,
  type Site,
  siteUrl,
} from './settings.ts';
import { vendor } from './vendor.ts';

const API_KEY = 'DD-API-KEY';
const APP_KEY = 'DD-APPLICATION-KEY';
const SITE = 'DD-SITE';

export const headers: ProviderHeaders = {
  keys: [API_KEY, APP_KEY],
  others: [SITE],
  // Such as DD-APP-KEY, X-Datadog-Api-Key and DD_API_KEY; also the site without keys.
  lookalikes: /^(x[-_])?(dd|datadog)[-_]?((api|app|application)[-_]?key|site)$/i,
};

/** The headers of a request to Datadog (https://docs.datadoghq.com/api/latest/authentication/). */
export function toHeaders({ apiKey, appKey }: Credentials): Record<string, string> {
  return { [API_KEY]: apiKey.reveal(), [APP_KEY]: appKey.reveal() };
}

/**
 * The credentials in a request's headers; undefined if there are none.
 * @throws {RolecallError} CREDENTIALS_MISSING for one key without the other, CREDENTIALS_INVALID for an invalid key or site
 */
export function readHeaders(headers: Headers, settings: Settings): Credentials | undefined {
  const apiKey = readKeyHeader(headers, API_KEY, vendor);
  const appKey = readKeyHeader(headers, APP_KEY, vendor);
  // Without keys, the site does not matter.
  if (apiKey === undefined && appKey === undefined) return undefined;
  if (apiKey === undefined) throw missing(API_KEY, APP_KEY);
  if (appKey === undefined) throw missing(APP_KEY, API_KEY);
  const requested = siteUrl(readSite(headers) ?? settings.site);
  return { apiKey, appKey, baseUrl: settings.baseUrl ?? requested };
}

function readSite(headers: Headers): Site | undefined {
  const text = headers.get(SITE);
  if (!text) return undefined;
  const site = parseSite(text);
  if (site !== undefined) return site;
  throw new RolecallError(`The header ${SITE} must be one of ${SITES.join(', ')}.`, {
    code: 'CREDENTIALS_INVALID',
    provider: vendor.name,
  });
}

function missing(name: string, other: string): RolecallError {
  return new RolecallError(
    `The header ${name} is missing: Datadog needs both ${name} and ${other}.`,
    {
      code: 'CREDENTIALS_MISSING',
      provider: vendor.name,
    },
  );
}
