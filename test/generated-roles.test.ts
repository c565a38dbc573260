import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { permission, type Resource, role, userDocument, uuid } from './fixtures/datadog.ts';
import { createRolecallFor, dataOf, type Rolecall } from './support/rolecall.ts';
import { json, startUpstream, type Upstream } from './support/upstream.ts';

const RUNS = 150;
/** Enough executions for the operation to be compiled before the first generated body. */
const WARM_UP = 6;
const NAMES = ['permission_1', 'permission_2', 'permission_3', 'alias_3', 'other'];
const INDEXES = [1, 2, 3] as const;

/** A relationship's `data`: readable identifiers, by their index, and unreadable ones. */
type Data = readonly (number | string)[] | null;

const data: fc.Arbitrary<Data> = fc.option(
  fc.array(
    fc.oneof(
      fc.constantFrom<number | string>(...INDEXES),
      fc.constantFrom('unreadable', 'stranger'),
    ),
    {
      maxLength: 4,
    },
  ),
);

const users = fc.record({
  roles: data,
  /** What each role grants. A role that is undefined is not included. */
  grants: fc.tuple(...INDEXES.map(() => fc.option(data, { nil: undefined, freq: 3 }))),
  /** Whether each permission's name is known. A permission that is undefined is not included. */
  names: fc.tuple(
    ...INDEXES.map(() => fc.constantFrom('known' as const, 'known' as const, null, undefined)),
  ),
});

type User = typeof users extends fc.Arbitrary<infer T> ? T : never;

function linkage(type: string, kind: number, entries: Data) {
  const unreadable = [{}, null, 7, { type }, { id: 'x' }, { type, id: 7 }];
  const identifiers = entries?.map((entry, index) => {
    if (typeof entry === 'number') return { type, id: uuid(kind, entry) };
    return entry === 'stranger'
      ? { type: 'badges', id: 'x' }
      : unreadable[index % unreadable.length];
  });
  return { data: identifiers ?? null };
}

function toDocument({ roles, grants, names }: User) {
  const included: Resource[] = INDEXES.flatMap((index) => {
    const granted = grants[index - 1];
    if (granted === undefined) return [];
    return {
      ...role(index, []),
      relationships: { permissions: linkage('permissions', 4, granted) },
    };
  });
  for (const index of INDEXES) {
    const name = names[index - 1];
    if (name === undefined) continue;
    const aliases = index === 3 ? { name_aliases: ['alias_3'] } : {};
    included.push(permission(index, { ...(name === null && { name }), ...aliases }));
  }
  return userDocument({ relationships: { roles: linkage('roles', 3, roles) }, included });
}

/** The readable entries, each once; null if they are not known. */
function readable(entries: Data | undefined): readonly number[] | null {
  const numbers = [...new Set((entries ?? []).filter((entry) => typeof entry === 'number'))];
  const isUnknown = !entries || (numbers.length === 0 && entries.includes('unreadable'));
  return isUnknown ? null : numbers;
}

const isWhole = (entries: Data | undefined) => !!entries && !entries.includes('unreadable');

/** What must be served, derived from the generated values. */
function expected({ roles, grants, names }: User) {
  const ids = readable(roles);
  const ofRoles = ids?.map((index) => readable(grants[index - 1])) ?? [];
  const isUnknown =
    ids === null || (ids.length > 0 && ofRoles.every((granted) => granted === null));
  const granted = [...new Set(ofRoles.flatMap((each) => each ?? []))];
  const isAllKnown =
    isWhole(roles) &&
    (ids ?? []).every((index) => isWhole(grants[index - 1])) &&
    granted.every((index) => names[index - 1] === 'known');
  const isNamed = (index: number, name: string) =>
    (names[index - 1] === 'known' && name === `permission_${index}`) ||
    (names[index - 1] !== undefined && index === 3 && name === 'alias_3');
  const has = (name: string) => {
    if (granted.some((index) => isNamed(index, name))) return true;
    return isAllKnown ? false : null;
  };
  return {
    roles: ids?.map((index) => ({ id: uuid(3, index) })) ?? null,
    permissions: isUnknown ? null : granted.map((index) => ({ id: uuid(4, index) })),
    grants: isUnknown
      ? null
      : granted.map((index) => ({
          permission: { id: uuid(4, index) },
          roles: (ids ?? []).flatMap((each, place) =>
            ofRoles[place]?.includes(index) ? { id: uuid(3, each) } : [],
          ),
        })),
    ...Object.fromEntries(NAMES.map((name) => [name, has(name)])),
    permissionChecks: NAMES.map((name) => ({
      name,
      granted: has(name),
      grantedBy: (ids ?? []).flatMap((each, place) =>
        ofRoles[place]?.some((index) => isNamed(index, name)) ? { id: uuid(3, each) } : [],
      ),
    })),
  };
}

const QUERY = `{ viewer { datadog {
  roles { id }
  permissions { id }
  grants { permission { id } roles { id } }
  ${NAMES.map((name) => `${name}: hasPermission(name: "${name}")`).join('\n')}
  permissionChecks(names: ${JSON.stringify(NAMES)}) { name granted grantedBy { id } }
} } }`;

let document: unknown;
let datadog: Upstream;
let rolecall: Rolecall;

before(async () => {
  datadog = await startUpstream((...call) => json(document)(...call));
  rolecall = createRolecallFor({ datadog }, { RATE_LIMIT: '0' });
});
after(() => datadog[Symbol.asyncDispose]());

test('generated users: what is known of roles and permissions is served, and the rest is null', async () => {
  document = userDocument();
  for (let time = 0; time < WARM_UP; time += 1) dataOf(await rolecall.query(QUERY));
  await fc.assert(
    fc.asyncProperty(users, async (user) => {
      document = toDocument(user);
      assert.deepEqual(dataOf(await rolecall.query(QUERY)).viewer.datadog, expected(user));
    }),
    { numRuns: RUNS },
  );
});
