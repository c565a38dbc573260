import { LRUCache } from 'lru-cache';
import { type ErrorCode, RolecallError } from '../../errors.ts';
import { lowerAscii } from '../../lib/ascii.ts';
import { known, type Lenient } from '../../schema/lenient.ts';
import type { Person } from '../provider.ts';
import { canBeInPath } from './client.ts';
import type { User } from './model.ts';
import type { PersonClient } from './person-client.ts';
import type { Resources } from './resources.ts';
import { vendor } from './vendor.ts';

const MAX_REMEMBERED = 10_000;
/** Of a hundred users each. An e-mail address does not match more users. */
const MAX_PAGES = 50;
/** RFC 5321, 4.5.3.1: the local part, the at sign and the domain. */
const MAX_EMAIL_LENGTH = 64 + 1 + 255;
const EMAIL = /^[^\s\p{Cc}\p{Cs}@]+@[^\s\p{Cc}\p{Cs}@]+$/u;

/**
 * Finds people by the e-mail addresses in their tokens, and remembers their ids, in one process.
 * Datadog's search matches substrings, and service accounts have their creators' addresses, so only the one active
 * person counts whose e-mail address or handle equals the token's. The person is fetched and checked each time, because
 * Datadog disables people who leave an organization, rather than removing them.
 * A handle may be a former address, which somebody else has by now, so the ids of people found only by handle are not
 * remembered.
 */
export class PersonLookup {
  readonly #ids: LRUCache<string, string> | undefined;

  /** @param ttlSeconds how long ids are remembered; 0 remembers none */
  constructor(ttlSeconds: number, clock: { now(): number } = performance) {
    if (ttlSeconds === 0) return;
    this.#ids = new LRUCache({
      max: MAX_REMEMBERED,
      ttl: ttlSeconds * 1000,
      ttlResolution: 0,
      perf: clock,
    });
  }

  /**
   * @returns the person's document
   * @throws {RolecallError} EMAIL_NOT_VERIFIED, VIEWER_NOT_FOUND or VIEWER_AMBIGUOUS, or if Datadog does not respond
   */
  async find(person: Person, client: PersonClient): Promise<Resources> {
    const email = verifiedEmail(person);
    const remembered = this.#ids?.get(email);
    if (remembered !== undefined) {
      const found = await lookAt(remembered, client);
      if (found !== undefined && hasEmail(found.user, email)) return found.resources;
      this.#ids?.delete(email);
    }
    const id = await search(email, client);
    const found = id === undefined ? undefined : await lookAt(id, client);
    if (found === undefined || !hasAddress(found.user, email)) {
      throw failure(
        'VIEWER_NOT_FOUND',
        'Datadog knows no active person with the e-mail address in your token. Ask an administrator of your Datadog organization to invite or enable you.',
      );
    }
    if (hasEmail(found.user, email)) this.#ids?.set(email, found.user.id);
    return found.resources;
  }
}

/** The active person with this id; undefined if it is not, or no longer, an active person's. */
async function lookAt(
  id: string,
  client: PersonClient,
): Promise<{ readonly resources: Resources; readonly user: User } | undefined> {
  if (!canBeInPath(id)) return undefined;
  try {
    const resources = await client.user(id);
    // The document of somebody else may include this user.
    const user = resources.primaryIds.includes(id) ? resources.user(id) : undefined;
    return user && isActivePerson(user) ? { resources, user } : undefined;
  } catch (error) {
    if (error instanceof RolecallError && error.extensions.code === 'UPSTREAM_NOT_FOUND') {
      return undefined;
    }
    throw error;
  }
}

/** The id of the one active person with this address; undefined if there is none. */
async function search(email: string, client: PersonClient): Promise<string | undefined> {
  // Pages shift while people are added and removed, so a person may be on two pages.
  const found = new Set<string>();
  let seen = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { resources, length, isFull, total } = await client.search(email, page);
    for (const id of resources.primaryIds) {
      const user = resources.user(id);
      if (user && isActivePerson(user) && hasAddress(user, email)) found.add(id);
    }
    if (found.size > 1) {
      throw failure(
        'VIEWER_AMBIGUOUS',
        'Datadog knows several active people with the e-mail address in your token. Ask an administrator of your Datadog organization to disable all but one.',
      );
    }
    seen += length;
    // A second person must not be missed because a total is too low, so a full page is never the last.
    const isLast = length === 0 || (!isFull && seen >= (total ?? Number.POSITIVE_INFINITY));
    if (isLast) return [...found][0];
  }
  throw failure(
    'UPSTREAM_INVALID_RESPONSE',
    `Datadog’s search for the e-mail address in your token has more than ${MAX_PAGES} pages, so it cannot be used.`,
  );
}

function isActivePerson({ status, disabled, serviceAccount }: User): boolean {
  return known(status) === 'Active' && known(disabled) === false && known(serviceAccount) === false;
}

function hasAddress(user: User, email: string): boolean {
  return hasEmail(user, email) || isSame(user.handle, email);
}

function hasEmail(user: User, email: string): boolean {
  return isSame(user.email, email);
}

function isSame(value: Lenient<string>, email: string): boolean {
  const text = known(value);
  return text !== null && lowerAscii(text) === email;
}

function verifiedEmail({ email = '', emailVerified }: Person): string {
  const isAddress = email.length <= MAX_EMAIL_LENGTH && EMAIL.test(email);
  if (isAddress && emailVerified) return lowerAscii(email);
  throw failure(
    'EMAIL_NOT_VERIFIED',
    'Your token has no e-mail address that its issuer vouches for, so you cannot be found at Datadog. Verify your e-mail address where you sign in, or have the operator check JWT_EMAIL_CLAIM and JWT_EMAIL_VERIFIED_CLAIM.',
  );
}

function failure(code: ErrorCode, message: string): RolecallError {
  return new RolecallError(message, { code, provider: vendor.name });
}
