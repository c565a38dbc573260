import { z } from 'zod';
import { strictObject } from '../../credentials/entry.ts';
import { baseUrl, key, oneOf, wholeNumber } from '../../lib/env-types.ts';
import type { Secret } from '../../lib/secret.ts';
import type { ProviderSettings } from '../provider.ts';

/** https://docs.datadoghq.com/getting_started/site/ and the official clients, which know `uk1`. */
export const SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
] as const;

/** Hosts of the web console, which people may enter instead of the site. */
const CONSOLE_HOSTS: Readonly<Record<string, string>> = {
  'app.datadoghq.com': 'datadoghq.com',
  'app.datadoghq.eu': 'datadoghq.eu',
  'app.ddog-gov.com': 'ddog-gov.com',
};

export type Site = (typeof SITES)[number];

export interface Credentials {
  readonly apiKey: Secret;
  readonly appKey: Secret;
  /** The site's API, or DATADOG_API_URL. */
  readonly baseUrl: URL;
}

export interface Settings extends ProviderSettings<Credentials> {
  /** DATADOG_API_URL: overrides every site, including a request's. */
  readonly baseUrl: URL | undefined;
  /** DD_SITE: for credentials that name no site. */
  readonly site: Site;
  /** Where the resources that the current user refers to come from: its document's `included`, or also the REST API. */
  readonly expand: 'included' | 'rest';
  /** The most calls beyond the current user per operation. */
  readonly expansionLimit: number;
  /** How long the ids of people that were found by e-mail address are remembered. */
  readonly lookupTtlSeconds: number;
}

/** The site; undefined if the text is not a site or console host. */
export function parseSite(text: string): Site | undefined {
  const host = text.trim().toLowerCase();
  const site = CONSOLE_HOSTS[host] ?? host;
  return SITES.find((known) => known === site);
}

export function siteUrl(site: Site): URL {
  return new URL(`https://api.${site}/`);
}

const SITE_ERROR = `must be one of ${SITES.join(', ')}`;

const site = z.string(SITE_ERROR).transform((text, context) => {
  const parsed = parseSite(text);
  if (parsed !== undefined) return parsed;
  context.addIssue(SITE_ERROR);
  return z.NEVER;
});

/** Checked even if another variable is invalid, so that all problems are reported at once. */
function mustBeSetToo(name: 'DD_API_KEY' | 'DD_APP_KEY') {
  const error = 'must be set too: Datadog needs both DD_API_KEY and DD_APP_KEY';
  return { path: [name], error, when: () => true };
}

export const keyVariables = ['DD_API_KEY', 'DD_APP_KEY'] as const;

export const renamedVariables = {
  EXPAND: 'DD_EXPAND',
  EXPANSION_LIMIT: 'DD_EXPANSION_LIMIT',
};

export const settings = z
  .object({
    DD_SITE: site.default('datadoghq.com').describe('Datadog’s site, such as datadoghq.eu'),
    DD_API_KEY: key.optional().describe('Datadog’s API key; needs DD_APP_KEY'),
    DD_APP_KEY: key.optional().describe('Datadog’s application key; needs DD_API_KEY'),
    DATADOG_API_URL: baseUrl
      .optional()
      .describe('another base URL, such as a test server; overrides the site'),
    DD_EXPAND: oneOf(['included', 'rest'])
      .default('included')
      .describe(
        'resources that Datadog’s current user refers to but does not include: `included` serves only their ids, `rest` fetches them',
      ),
    DD_EXPANSION_LIMIT: wholeNumber(0, 10_000)
      .default(100)
      .describe('the most calls for them per operation'),
    VIEWER_LOOKUP_TTL_SECONDS: wholeNumber(0, 86_400)
      .default(600)
      .describe('with VIEWER=caller: how long the user with an e-mail address is remembered'),
  })
  .refine((set) => set.DD_API_KEY || !set.DD_APP_KEY, mustBeSetToo('DD_API_KEY'))
  .refine((set) => set.DD_APP_KEY || !set.DD_API_KEY, mustBeSetToo('DD_APP_KEY'))
  .transform(({ DD_SITE, DD_API_KEY, DD_APP_KEY, DATADOG_API_URL, ...set }) => ({
    baseUrl: DATADOG_API_URL,
    site: DD_SITE,
    expand: set.DD_EXPAND,
    expansionLimit: set.DD_EXPANSION_LIMIT,
    lookupTtlSeconds: set.VIEWER_LOOKUP_TTL_SECONDS,
    credentials:
      DD_API_KEY && DD_APP_KEY
        ? { apiKey: DD_API_KEY, appKey: DD_APP_KEY, baseUrl: DATADOG_API_URL ?? siteUrl(DD_SITE) }
        : undefined,
  })) satisfies z.ZodType<Settings>;

/** A person's keys: `{ "apiKey", "appKey", "site"? }`. */
export function storedCredentials(settings: Settings): z.ZodType<Credentials> {
  return strictObject({ apiKey: key, appKey: key, site: site.default(settings.site) }).transform(
    ({ apiKey, appKey, site: named }) => ({
      apiKey,
      appKey,
      baseUrl: settings.baseUrl ?? siteUrl(named),
    }),
  );
}
