import { type ErrorCode, type ErrorExtensions, RolecallError } from '../errors.ts';
import type { Secret } from '../lib/secret.ts';
import { UpstreamFailure } from './failure.ts';
import { redact } from './redaction.ts';
import type { UpstreamResponse } from './response.ts';
import { retryAfterSeconds } from './retry.ts';
import type { Vendor, VendorTexts } from './vendor.ts';

const MAX_WORDS = 300;
/** Also percent-encoded, as in an echoed URL. */
const EMAIL_ADDRESSES = /[^\s@"'<>()[\]{},:;=&?/]+(?:(?:@|%40)[^\s@"'<>()[\]{},:;=&?/]+)+/g;

/** The code for an HTTP status, if the vendor says nothing more precise. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'UPSTREAM_UNAUTHENTICATED';
  if (status === 403) return 'UPSTREAM_FORBIDDEN';
  if (status === 404 || status === 410) return 'UPSTREAM_NOT_FOUND';
  if (status === 429) return 'UPSTREAM_RATE_LIMITED';
  if (status >= 500) return 'UPSTREAM_UNAVAILABLE';
  if (status >= 400) return 'UPSTREAM_REJECTED';
  return 'UPSTREAM_INVALID_RESPONSE';
}

/**
 * The error for an unsuccessful response.
 * @param words the vendor's own, shown as text, shortened and without keys and e-mail addresses
 * @param secrets what the call carried, which the vendor may echo
 * @param ownCode what the vendor's own error code means
 */
export function responseError(
  vendor: VendorTexts & Pick<Vendor, 'retryPolicy'>,
  response: UpstreamResponse,
  words: string | undefined,
  secrets: readonly Secret[],
  ownCode?: ErrorCode,
): RolecallError {
  const { retryPolicy } = vendor;
  const code =
    ownCode ??
    (retryPolicy.isRateLimit(response) ? 'UPSTREAM_RATE_LIMITED' : codeOfStatus(response.status));
  const retryAfter =
    code === 'UPSTREAM_RATE_LIMITED' ? retryAfterSeconds(retryPolicy, response) : undefined;
  const said = words
    ? `HTTP ${response.status}: ${shorten(withoutAddresses(redact(oneLine(words), secrets)))}`
    : `HTTP ${response.status}`;
  return new RolecallError(`${sentence(vendor, code, said)} ${advice(vendor, code, retryAfter)}`, {
    ...extensions(vendor, code),
    status: response.status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** The error for a successful response that does not have the documented shape. */
export function shapeError(
  vendor: VendorTexts,
  response: UpstreamResponse,
  what: string,
): RolecallError {
  const code = 'UPSTREAM_INVALID_RESPONSE';
  return new RolecallError(
    `${vendor.title} sent an unusable response (HTTP ${response.status}): ${what}. ${advice(vendor, code)}`,
    { ...extensions(vendor, code), status: response.status },
  );
}

/** The error for a call without a response. Other errors than UpstreamFailure are returned unchanged. */
export function failureError(vendor: VendorTexts, error: unknown): unknown {
  if (!(error instanceof UpstreamFailure)) return error;
  const code = {
    timeout: 'UPSTREAM_TIMEOUT',
    unavailable: 'UPSTREAM_UNAVAILABLE',
    cancelled: 'UPSTREAM_UNAVAILABLE',
    open: 'UPSTREAM_UNAVAILABLE',
    overflow: 'UPSTREAM_UNAVAILABLE',
    invalid: 'UPSTREAM_INVALID_RESPONSE',
  } as const;
  return new RolecallError(
    `${sentence(vendor, code[error.kind], error.message)} ${advice(vendor, code[error.kind])}`,
    extensions(vendor, code[error.kind]),
  );
}

function extensions(vendor: VendorTexts, code: ErrorCode): ErrorExtensions {
  return { code, provider: vendor.name };
}

function sentence({ title }: VendorTexts, code: ErrorCode, reason: string): string {
  const what: Partial<Record<ErrorCode, string>> = {
    UPSTREAM_UNAUTHENTICATED: 'rejected the credentials',
    UPSTREAM_FORBIDDEN: 'denied access',
    UPSTREAM_NOT_FOUND: 'did not find the resource',
    UPSTREAM_RATE_LIMITED: 'is rate limiting requests',
    UPSTREAM_TIMEOUT: 'did not respond in time',
    UPSTREAM_UNAVAILABLE: 'is unavailable',
    UPSTREAM_INVALID_RESPONSE: 'sent an unusable response',
  };
  return `${title} ${what[code] ?? 'rejected the request'} (${reason}).`;
}

function advice(vendor: VendorTexts, code: ErrorCode, retryAfter?: number): string {
  switch (code) {
    case 'UPSTREAM_UNAUTHENTICATED':
      return vendor.credentialsHint;
    case 'UPSTREAM_FORBIDDEN':
      return vendor.permissionHint;
    case 'UPSTREAM_RATE_LIMITED':
      return retryAfter === undefined
        ? 'Try again later.'
        : `Try again in ${retryAfter} second${retryAfter === 1 ? '' : 's'}.`;
    case 'UPSTREAM_TIMEOUT':
    case 'UPSTREAM_UNAVAILABLE':
      return `Try again. If the problem persists, check ${vendor.title}’s status page.`;
    default:
      return `If you set a base URL for ${vendor.title}, check that it is the URL of its API.`;
  }
}

/** Control characters and runs of white space become a blank. It is longer than what is shown of it, but bounded. */
function oneLine(words: string): string {
  return words
    .slice(0, MAX_WORDS * 4)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
}

/** The vendor may name the owner of the keys, who need not be the person who reads this. */
function withoutAddresses(line: string): string {
  return line.replace(EMAIL_ADDRESSES, '[redacted]');
}

/** Once keys are redacted: of one that is cut first, too little would be left to be found. */
function shorten(line: string): string {
  return line.length <= MAX_WORDS ? line : `${line.slice(0, MAX_WORDS)}…`;
}
