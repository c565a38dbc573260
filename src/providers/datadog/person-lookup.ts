import { LRUCache } from 'lru-cache';
import { type ErrorCode, RolecallError } from '../../errors.ts';
import { lowerAscii } from '../../lib/ascii.ts';
import { known } from '../../schema/lenient.ts';
import type { Person } from '../provider.ts';
import type { User } from './model.ts';
import type { PersonClient } from './person-client.ts';
import type { Resources } from './resources.ts';
import { vendor } from './vendor.ts';

const MAX_REMEMBERED = 10_000;
/** Of a hundred users each. An e-mail address does not match more users. */
const MAX_PAGES = 50;

/**
 * Finds people by the e-mail addresses in their tokens, and remembers their ids, in one process.
 * Datadog's search matches substrings, and service accounts have their creators' addresses, so only the one active
 * person counts whose e-mail address or handle equals the token's. The person is fetched and checked each time, because
 * Datadog disables people who leave an organization, rather than removing them.
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
      const resources = await lookAt(remembered, email, client);
      if (resources !== undefined) return resources;
      this.#ids?.delete(email);
    }
    const id = await search(email, client);
    const resources = id === undefined ? undefined : await lookAt(id, email, client);
    if (id === undefined || resources === undefined) {
      throw failure(
        'VIEWER_NOT_FOUND',
        'Datadog knows no active person with the e-mail address in your token. Ask an administrator of your Datadog organization to invite or enable you.',
      );
    }
    this.#ids?.set(email, id);
    return resources;
  }
}

/** The person's document; undefined if this is not, or no longer, the active person with this address. */
async function lookAt(
  id: string,
  email: string,
  client: PersonClient,
): Promise<Resources | undefined> {
  try {
    const resources = await client.user(id);
    const user = resources.user(id);
    return user && isActivePerson(user, email) ? resources : undefined;
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
    const { resources, total } = await client.search(email, page);
    const { primaryIds } = resources;
    for (const id of primaryIds) {
      const user = resources.user(id);
      if (user && isActivePerson(user, email)) found.add(id);
    }
    seen += primaryIds.length;
    if (found.size > 1) {
      throw failure(
        'VIEWER_AMBIGUOUS',
        'Datadog knows several active people with the e-mail address in your token. Ask an administrator of your Datadog organization to disable all but one.',
      );
    }
    if (primaryIds.length === 0 || seen >= (total ?? Number.POSITIVE_INFINITY))
      return [...found][0];
  }
  throw failure(
    'UPSTREAM_INVALID_RESPONSE',
    `Datadog’s search for the e-mail address in your token has more than ${MAX_PAGES} pages, so it cannot be used.`,
  );
}

function isActivePerson(user: User, email: string): boolean {
  const isActive = known(user.status) === 'Active' && known(user.disabled) === false;
  const isPerson = known(user.serviceAccount) === false;
  const addresses = [known(user.email), known(user.handle)];
  return (
    isActive && isPerson && addresses.some((text) => text !== null && lowerAscii(text) === email)
  );
}

function verifiedEmail({ email, emailVerified }: Person): string {
  if (email !== undefined && email !== '' && emailVerified) return lowerAscii(email);
  throw failure(
    'EMAIL_NOT_VERIFIED',
    'Your token has no e-mail address that its issuer vouches for, so you cannot be found at Datadog. Verify your e-mail address where you sign in, or have the operator check JWT_EMAIL_CLAIM and JWT_EMAIL_VERIFIED_CLAIM.',
  );
}

function failure(code: ErrorCode, message: string): RolecallError {
  return new RolecallError(message, { code, provider: vendor.name });
}
