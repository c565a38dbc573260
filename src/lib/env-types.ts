import { z } from 'zod';
import { Secret } from './secret.ts';

/** Types of environment variables. Their messages say what is expected, and never quote the value. */

/** The characters that a header can carry; no vendor's keys have others. */
const KEY = /^[\x21-\x7e]{1,256}$/;

/** For messages. */
export const KEY_EXPECTED = 'up to 256 printable ASCII characters without spaces';

/** @returns undefined if the text cannot be a key */
export function parseKey(text: string): Secret | undefined {
  const key = text.trim();
  return KEY.test(key) ? new Secret(key) : undefined;
}

const KEY_ERROR = `must be a key: ${KEY_EXPECTED}`;

export const key = z.string(KEY_ERROR).transform((text, context) => {
  const secret = parseKey(text);
  if (secret !== undefined) return secret;
  context.addIssue(KEY_ERROR);
  return z.NEVER;
});

export const SECURE_URL_EXPECTED =
  'must be an https URL (or http to loopback) without user name, password or fragment';

/** A URL that is used as it is. */
export const secureUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (isSecureUrl(url)) return url;
  context.addIssue(SECURE_URL_EXPECTED);
  return z.NEVER;
});

const BASE_URL_EXPECTED =
  'must be an https URL (or http to loopback) without user name, password, query or fragment';

/** A base URL; a trailing slash is added so that paths can be resolved against it. */
export const baseUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (!isSecureUrl(url) || url.search) {
    context.addIssue(BASE_URL_EXPECTED);
    return z.NEVER;
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
});

/** Is it https, or http to loopback, and without user name, password and fragment? */
export function isSecureUrl(url: URL | null): url is URL {
  const secure =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  return secure && !url.username && !url.password && !url.hash;
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  const expected = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((number) => number >= min && number <= max, expected);
}

const RATIO_EXPECTED = 'must be a number from 0 to 1, such as 0.1';

export const ratio = z
  .string()
  .regex(/^\d(\.\d+)?$/, RATIO_EXPECTED)
  .transform(Number)
  .refine((number) => number <= 1, RATIO_EXPECTED);

/** The URL of an HTTP proxy; it may contain a user name and password. */
export const proxyUrl = z.url({ protocol: /^https?$/, error: 'must be the http URL of a proxy' });

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `must be ${words.join(' or ')}`);
}

/** As people write lists to files: lines, which may end with a comma. */
const LINE_BREAK = /\s*,?\s*[\r\n]+\s*/g;

/** A list as `listOf` reads it, in which line breaks separate items too: its value may be in a file. */
export function linesOf<T>(parse: (item: string) => T | undefined, expected: string) {
  return z
    .string()
    .transform((text) => text.trim().replace(LINE_BREAK, ','))
    .pipe(listOf(parse, expected));
}

/** A comma-separated list. `parse` reads each item, and returns undefined for an invalid one. */
export function listOf<T>(parse: (item: string) => T | undefined, expected: string) {
  return z.string().transform((text, context): readonly T[] => {
    const items = text.split(',').map((item) => parse(item.trim()));
    if (items.every((item) => item !== undefined)) return items;
    context.addIssue(expected);
    return z.NEVER;
  });
}

/** Is this host name or address loopback? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
