import { RolecallError } from '../../errors.ts';
import { KEY_EXPECTED, parseKey } from '../../lib/env-types.ts';
import type { Secret } from '../../lib/secret.ts';
import type { ProviderHeaders } from '../provider.ts';
import { type Credentials, parseSite, type Settings, SITES, siteUrl } from './settings.ts';

const API_KEY = 'DD-API-KEY';
const APP_KEY = 'DD-APPLICATION-KEY';
const SITE = 'DD-SITE';

export const headers: ProviderHeaders = {
  keys: [API_KEY, APP_KEY],
  others: [SITE],
  // DD-APP-KEY, X-Datadog-Api-Key, DD_API_KEY; the site alone too.
  lookalikes: /^(x[-_])?(dd|datadog)[-_]?((api|app|application)[-_]?key|site)$/i,
};

/** What a request to Datadog carries (https://docs.datadoghq.com/api/latest/authentication/). */
export function toHeaders({ apiKey, appKey }: Credentials): Record<string, string> {
  return { [API_KEY]: apiKey.reveal(), [APP_KEY]: appKey.reveal() };
}

/**
 * The credentials that a request to this server brings, undefined where it brings none.
 * @throws {RolecallError} CREDENTIALS_MISSING for one key without the other, CREDENTIALS_INVALID for a bad one or a bad site
 */
export function readHeaders(headers: Headers, settings: Settings): Credentials | undefined {
  const apiKey = readKey(headers, API_KEY);
  const appKey = readKey(headers, APP_KEY);
  // Without keys there is nothing to ask a site for, be it good or bad.
  if (apiKey === undefined && appKey === undefined) return undefined;
  if (apiKey === undefined) throw missing(API_KEY, APP_KEY);
  if (appKey === undefined) throw missing(APP_KEY, API_KEY);
  const requested = siteUrl(readSite(headers));
  return { apiKey, appKey, baseUrl: settings.baseUrl ?? requested };
}

function readKey(headers: Headers, name: string): Secret | undefined {
  const text = headers.get(name);
  if (!text) return undefined;
  const key = parseKey(text);
  if (key === undefined)
    throw invalid(
      `The header ${name} does not hold a key (${KEY_EXPECTED}): send it once, as Datadog shows it.`,
    );
  return key;
}

function readSite(headers: Headers): string | undefined {
  const text = headers.get(SITE);
  if (!text) return undefined;
  const site = parseSite(text);
  if (site === undefined) throw invalid(`The header ${SITE} must be one of ${SITES.join(', ')}.`);
  return site;
}

function missing(name: string, other: string): RolecallError {
  return new RolecallError(`The header ${name} is missing: Datadog wants it beside ${other}.`, {
    code: 'CREDENTIALS_MISSING',
    provider: 'DATADOG',
  });
}

function invalid(message: string): RolecallError {
  return new RolecallError(message, { code: 'CREDENTIALS_INVALID', provider: 'DATADOG' });
}
