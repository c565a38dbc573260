import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RolecallError } from '../src/errors.ts';
import { Secret } from '../src/lib/secret.ts';
import { Client } from '../src/providers/datadog/client.ts';
import { PersonClient } from '../src/providers/datadog/person-client.ts';
import { PersonLookup } from '../src/providers/datadog/person-lookup.ts';
import type { Upstream } from '../src/upstream/upstream.ts';
import { request } from './support/client.ts';

const SEED = 1;
const RUNS = 150;
const TTL_SECONDS = 600;
const PAGE_SIZE = 100;
const BASE_URL = new URL('https://datadog.example/');

/** The first two are the same address; the others resemble it: with a Kelvin sign, or as part of another. */
const ADDRESSES = [
  'kim@a.example',
  'KIM@A.example',
  '\u212aim@a.example',
  'k\u0131m@a.example',
  'kim@a.example.org',
  'a.kim@a.example',
  'kim+1@a.example',
];
const NO_ADDRESSES = ['kim', 'a@b@c', 'kim @a.example', '\ud800@a.example', `${'k'.repeat(400)}@a`];
/** The last two cannot be part of a path. */
const IDS = ['1', '2', '3', 'a/../b', '.', '\ud800'];

function mostly<T>(weight: number, arbitrary: fc.Arbitrary<T>, ...others: readonly unknown[]) {
  return fc.oneof(
    { weight, arbitrary: arbitrary as fc.Arbitrary<unknown> },
    fc.constantFrom(...others),
  );
}

const address = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...ADDRESSES.slice(0, 3)) },
  fc.constantFrom(...ADDRESSES.slice(3)),
);
const text = mostly(9, address, 'kim', '', null, undefined, 7, ['kim@a.example']);
const attributes = fc
  .tuple(
    fc.oneof(
      fc.record({ email: text, handle: fc.oneof(text, fc.uuid()) }),
      // As people are invited. Whoever gets another address keeps the handle.
      address.map((same) => ({ email: same as unknown, handle: same as unknown })),
    ),
    fc.record({
      name: fc.constantFrom('kim@a.example', 'Kim', null),
      status: mostly(15, fc.constant('Active'), 'Pending', 'Disabled', 'active', null, true),
      disabled: mostly(20, fc.constant(false), true, null, undefined, 'false', 0),
      service_account: mostly(20, fc.constant(false), true, null, undefined, 'false', 0),
    }),
  )
  .map(([own, more]) => ({ ...own, ...more }));

const organizations = fc.record({
  members: fc.uniqueArray(fc.record({ id: fc.constantFrom(...IDS), attributes }), {
    maxLength: 4,
    selector: ({ id }) => id,
  }),
  /** How many come before them whose addresses contain theirs. */
  distractors: fc.constantFrom(0, 0, 0, 0, 0, 1, PAGE_SIZE - 1, PAGE_SIZE, 2 * PAGE_SIZE),
  pageSize: fc.constantFrom(PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE, 17),
  ignoresStatus: fc.boolean(),
  /** What the search says of it; a total is too low only where pages are full. */
  total: fc.constantFrom('right', 'absent', 'too high', 'too low', 'text'),
});

type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Attributes = Drawn<typeof attributes>;
type Organization = Drawn<typeof organizations>;

const steps = fc.array(
  fc.record({
    /** In place of the one before. */
    organization: fc.option(organizations, { nil: undefined }),
    /** Do the first two swap their e-mail addresses? */
    isSwapped: fc.boolean(),
    waitSeconds: fc.constantFrom(0, 1, TTL_SECONDS - 1, TTL_SECONDS + 1),
    email: mostly(9, address, ...NO_ADDRESSES) as fc.Arbitrary<string>,
  }),
  { minLength: 1, maxLength: 6 },
);

function everybody({ members, distractors }: Organization) {
  const others = Array.from({ length: distractors }, (_, index) => ({
    id: `other-${index}`,
    attributes: {
      email: `x${index}-kim@a.example.org`,
      handle: `${index}-\u212aim@a.example`,
      name: null,
      status: 'Active',
      disabled: false,
      service_account: false,
    } as Attributes,
  }));
  return [...others, ...members];
}

function swapEmails(organization: Organization): Organization {
  const [one, other, ...rest] = organization.members;
  if (one === undefined || other === undefined) return organization;
  const withEmail = (member: typeof one, { attributes: { email } }: typeof one) => ({
    ...member,
    attributes: { ...member.attributes, email },
  });
  return { ...organization, members: [withEmail(one, other), withEmail(other, one), ...rest] };
}

/** The body that Datadog sends for this path. @throws {RolecallError} if it is 404 */
function bodyAt(organization: Organization, path: string): any {
  const { pathname, searchParams: query } = new URL(path, BASE_URL);
  const people = everybody(organization).map((each) => ({ type: 'users', ...each }));
  if (pathname !== '/api/v2/users') {
    const id = decodeURIComponent(pathname.replace('/api/v2/users/', ''));
    const data = people.find((each) => each.id === id);
    if (data === undefined) throw new RolecallError('', { code: 'UPSTREAM_NOT_FOUND' });
    return { data };
  }
  const filter = query.get('filter')?.toLowerCase() ?? '';
  const found = people.filter(({ attributes: { email, handle, name, status } }) => {
    const texts = [email, handle, name].map((value) => String(value).toLowerCase());
    const hasStatus = organization.ignoresStatus || status === query.get('filter[status]');
    return hasStatus && texts.some((value) => value.includes(filter));
  });
  const size = organization.pageSize;
  const start = Number(query.get('page[number]')) * size;
  const { length } = found;
  const total = {
    right: length,
    absent: undefined,
    'too high': length + 500,
    'too low': size < PAGE_SIZE ? length : Math.min(length, 1),
    text: String(length),
  }[organization.total];
  return {
    data: found.slice(start, start + size),
    meta: { page: { total_filtered_count: total } },
  };
}

function isSame(value: unknown, email: string): boolean {
  const lower = (letters: string) =>
    Array.from(letters, (each) => (/[A-Z]/.test(each) ? each.toLowerCase() : each)).join('');
  return typeof value === 'string' && lower(value) === lower(email);
}

/** An e-mail address with other characters cannot be read; a handle with them can. */
const hasEmail = ({ email }: Attributes, wanted: string) =>
  /^[!-~]+$/.test(wanted) && isSame(email, wanted);
const isThePerson = (own: Attributes, email: string) =>
  own.status === 'Active' &&
  own.disabled === false &&
  own.service_account === false &&
  (hasEmail(own, email) || isSame(own.handle, email));

/** How many pages of the search are read. */
function pagesOf(organization: Organization, email: string): number {
  let seen = 0;
  let people = 0;
  for (let page = 0; ; page += 1) {
    const query = new URLSearchParams({
      filter: email,
      'filter[status]': 'Active',
      'page[number]': `${page}`,
    });
    const { data, meta } = bodyAt(organization, `api/v2/users?${query}`);
    people += data.filter((each: any) => isThePerson(each.attributes, email)).length;
    seen += data.length;
    const isTold = data.length < PAGE_SIZE && seen >= meta.page.total_filtered_count;
    if (people > 1 || data.length === 0 || (isTold && organization.total !== 'text'))
      return page + 1;
  }
}

/** Who is to be found, by looking at everybody. */
class Reference {
  readonly #remembered = new Map<string, { readonly id: string; readonly until: number }>();

  /** @returns the id or the code, and how many calls it takes */
  find(organization: Organization, claim: string, now: number): [string, number] {
    if (NO_ADDRESSES.includes(claim)) return ['EMAIL_NOT_VERIFIED', 0];
    const email = claim === 'KIM@A.example' ? 'kim@a.example' : claim;
    const people = everybody(organization).filter((each) => isThePerson(each.attributes, email));
    const known = this.#remembered.get(email);
    const isKnown = known !== undefined && now <= known.until;
    const same = people.find(({ id, attributes: own }) => id === known?.id && hasEmail(own, email));
    if (isKnown && same !== undefined) return [same.id, 1];
    this.#remembered.delete(email);
    const calls = (isKnown ? 1 : 0) + pagesOf(organization, email);
    const [person, another] = people;
    if (another !== undefined) return ['VIEWER_AMBIGUOUS', calls];
    if (person === undefined || IDS.slice(-2).includes(person.id))
      return ['VIEWER_NOT_FOUND', calls];
    if (hasEmail(person.attributes, email)) {
      this.#remembered.set(email, { id: person.id, until: now + TTL_SECONDS });
    }
    return [person.id, calls + 1];
  }
}

test('with VIEWER=caller, who is found in any organization is the one person with the address', async () => {
  await fc.assert(
    fc.asyncProperty(organizations, steps, async (first, taken) => {
      let organization = first;
      let now = 0;
      let calls = 0;
      const upstream = {
        async fetch({ path }: { path: string }, { read }: { read(body: unknown): unknown }) {
          calls += 1;
          return read(bodyAt(organization, path));
        },
      } as unknown as Upstream;
      const keys = { apiKey: new Secret('api'), appKey: new Secret('app'), baseUrl: BASE_URL };
      const client = new PersonClient(new Client(upstream, keys, request));
      const lookup = new PersonLookup(TTL_SECONDS, { now: () => 1 + now * 1000 });
      const reference = new Reference();
      for (const { organization: next = organization, isSwapped, waitSeconds, email } of taken) {
        organization = isSwapped ? swapEmails(next) : next;
        now += waitSeconds;
        calls = 0;
        const found = await lookup.find({ email, emailVerified: true }, client).then(
          ({ primaryIds }) => primaryIds.join(),
          (error) => error.extensions?.code ?? error,
        );
        assert.deepEqual([found, calls], reference.find(organization, email, now));
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
