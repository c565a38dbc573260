import fc from 'fast-check';
import {
  ORG_ID,
  org,
  permission,
  ref,
  role,
  type UserDocument,
  userDocument,
  uuid,
} from '../fixtures/datadog.ts';
import { v1 } from '../fixtures/heygen.ts';
import { KEY_MARK } from './providers.ts';
import { json, type Script, type Seen, startUpstream } from './upstream.ts';

/** Part of everything that only one caller may see; the caller's number comes before it. */
export const PERSON_MARK = 'MARKEDPERSON';

const ROLES = 12;
const PERMISSIONS = 20;

/** A role of one caller. The ids are shared by all callers, the names are the caller's own. */
export interface GrantedRole {
  readonly index: number;
  readonly permissions: readonly number[];
}

export interface Caller {
  readonly number: number;
  /** The number and `PERSON_MARK`. */
  readonly mark: string;
  readonly subject: string;
  readonly email: string;
  /** At Datadog. */
  readonly id: string;
  /** The keys, as CREDENTIALS_FILE has them; the API key may be another caller's, too. */
  readonly keys: {
    readonly datadog: { readonly apiKey: string; readonly appKey: string };
    /** Two thirds of the callers are connected to HeyGen. */
    readonly heygen?: { readonly apiKey: string };
  };
  readonly roles: readonly GrantedRole[];
  /** A vendor's response to this caller has another version after this many calls. */
  readonly changesAfter: number;
  /** The longest time that a vendor takes for this caller, in milliseconds. */
  readonly slowestMs: number;
}

/** @param number different for each caller */
function callerOf(
  number: number,
  drawn: Pick<Caller, 'roles' | 'changesAfter' | 'slowestMs'>,
): Caller {
  const mark = `${number}.${PERSON_MARK}`;
  return {
    number,
    mark,
    subject: `subject|${mark}`,
    // A substring of other callers' addresses: a search for 7. finds 17. too.
    email: `${mark}@fictional.example`,
    id: uuid(1, number),
    keys: {
      datadog: {
        apiKey: `dd-api-${KEY_MARK}-${number % 20}`,
        appKey: `dd-app-${KEY_MARK}-${number}`,
      },
      ...(number % 3 !== 0 && { heygen: { apiKey: `heygen-${KEY_MARK}-${number}` } }),
    },
    ...drawn,
  };
}

const drawn = fc.record({
  roles: fc.uniqueArray(
    fc.record({
      index: fc.integer({ min: 1, max: ROLES }),
      permissions: fc.uniqueArray(fc.integer({ min: 1, max: PERMISSIONS }), { maxLength: 6 }),
    }),
    { selector: ({ index }) => index, maxLength: 4 },
  ),
  changesAfter: fc.constantFrom(1, 4, Number.POSITIVE_INFINITY),
  slowestMs: fc.constantFrom(0, 5, 10, 20, 80),
});

export function createPopulation(size: number, seed: number): readonly Caller[] {
  return draw(drawn, size, seed).map((each, index) => callerOf(index + 1, each));
}

/** Values that depend on the seed only. */
export function draw<T>(values: fc.Arbitrary<T>, count: number, seed: number): T[] {
  return fc.sample(fc.noBias(values), { numRuns: count, seed });
}

/** The name of a permission, which others have under another id. */
export function permissionName({ number }: Caller, index: number): string {
  return `permission_${index + (number % 3)}`;
}

/** A text that only this caller may see, and only in this version of the vendor's response. */
export function ownText(vendor: string, { mark }: Caller, version: number, what: string): string {
  return `${what} of ${mark}, ${vendor} version ${version}`;
}

function datadogDocument(caller: Caller, version: number): UserDocument {
  const own = (what: string) => ownText('Datadog', caller, version, what);
  const held = new Set(caller.roles.flatMap(({ permissions }) => permissions));
  const document = userDocument({
    attributes: {
      name: own('Name'),
      title: own('Title'),
      email: caller.email,
      handle: caller.email,
    },
    relationships: {
      roles: { data: caller.roles.map(({ index }) => ref('roles', uuid(3, index))) },
    },
    included: [
      ...caller.roles.map(({ index, permissions }) =>
        role(
          index,
          permissions.map((each) => uuid(4, each)),
          { name: own(`Role ${index}`) },
        ),
      ),
      ...[...held].map((index) =>
        permission(index, {
          name: permissionName(caller, index),
          display_name: own(`Permission ${index}`),
        }),
      ),
    ],
  });
  return { ...document, data: { ...document.data, id: caller.id } };
}

function heygenBody(caller: Caller, version: number) {
  const own = (what: string) => ownText('HeyGen', caller, version, what);
  return v1({
    username: `user-${caller.mark}`,
    email: caller.email,
    first_name: own('First name'),
    last_name: own('Last name'),
  });
}

/** The owner of the server's keys, of whom only the organization may be seen. */
const OWNER_KEY = `dd-app-${KEY_MARK}-owner`;
export const OWNER_KEYS = { DD_API_KEY: `dd-api-${KEY_MARK}-owner`, DD_APP_KEY: OWNER_KEY };
export const OWNER_ORGANIZATION = 'Organization of the owner';

const owner = userDocument({
  attributes: { name: `0.${PERSON_MARK}`, email: `0.${PERSON_MARK}@fictional.example` },
  included: [org(ORG_ID, { name: OWNER_ORGANIZATION })],
});

/** The body, or 404 without one, and the caller whom it is about. */
interface VendorResponse {
  readonly caller?: Caller | undefined;
  readonly body?: unknown;
}

/**
 * Datadog and HeyGen on loopback, which respond after a random delay. A caller's keys get that caller; the owner's keys get
 * the owner, and every caller by e-mail address or ID.
 */
export async function startVendorsOf(callers: readonly Caller[], seed: number) {
  const byAppKey = new Map(callers.map((each) => [each.keys.datadog.appKey, each]));
  const byHeyGenKey = new Map(callers.map((each) => [each.keys.heygen?.apiKey, each]));
  const byPath = new Map(callers.map((each) => [`/api/v2/users/${each.id}`, each]));
  const shares = draw(fc.double({ min: 0, max: 1, noNaN: true }), 4_096, seed);
  let searches = 0;

  /** Counts the calls about each caller. */
  function createVersions() {
    const calls = new Map<Caller, number>();
    return (caller: Caller) => {
      const before = calls.get(caller) ?? 0;
      calls.set(caller, before + 1);
      return 1 + Math.floor(before / caller.changesAfter);
    };
  }
  const datadogVersion = createVersions();
  const heygenVersion = createVersions();

  function search(path: string) {
    searches += 1;
    const text = new URL(path, 'http://datadog.example').searchParams.get('filter') ?? '';
    const found = callers.filter(({ email }) => email.toLowerCase().includes(text.toLowerCase()));
    return {
      data: found.map((each) => datadogDocument(each, 0).data),
      meta: { page: { total_filtered_count: found.length } },
    };
  }

  function datadogResponse({ path, headers }: Seen): VendorResponse {
    const appKey = String(headers['dd-application-key']);
    if (appKey === OWNER_KEY) {
      if (path.endsWith('/current_user')) return { body: owner };
      if (path.includes('/users?')) return { body: search(path) };
      const caller = byPath.get(path);
      return { caller, body: caller && datadogDocument(caller, datadogVersion(caller)) };
    }
    const caller = byAppKey.get(appKey);
    const { apiKey } = caller?.keys.datadog ?? {};
    if (!caller || path !== '/api/v2/current_user' || apiKey !== headers['dd-api-key']) return {};
    const version = datadogVersion(caller);
    const { data, included = [] } = datadogDocument(caller, version);
    const name = ownText('Datadog', caller, version, 'Organization');
    return { caller, body: { data, included: [...included, org(ORG_ID, { name })] } };
  }

  function heygenResponse({ headers }: Seen): VendorResponse {
    const caller = byHeyGenKey.get(String(headers['x-api-key']));
    return { caller, body: caller && heygenBody(caller, heygenVersion(caller)) };
  }

  const slowly =
    (respond: (seen: Seen) => VendorResponse): Script =>
    (response, seen, call) => {
      const { caller, body } = respond(seen);
      const send = body === undefined ? json({ errors: ['No'], message: 'No' }, 404) : json(body);
      const share = shares[((caller?.number ?? 0) * 97 + call) % shares.length] ?? 0;
      setTimeout(() => send(response, seen, call), share * (caller?.slowestMs ?? 5));
    };

  const datadog = await startUpstream(slowly(datadogResponse));
  const heygen = await startUpstream(slowly(heygenResponse));
  return {
    environment: {
      DATADOG_API_URL: datadog.url,
      HEYGEN_API_URL: heygen.url,
      HEYGEN_API_VERSION: 'v1',
    },
    /** The number of searches for callers at Datadog. */
    searches: () => searches,
    async [Symbol.asyncDispose]() {
      await datadog[Symbol.asyncDispose]();
      await heygen[Symbol.asyncDispose]();
    },
  };
}
