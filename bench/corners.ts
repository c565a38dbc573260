/** One of the costliest documents near the limits. */
export interface Corner {
  readonly name: string;
  readonly query: string;
  readonly path?: '/subgraph';
  readonly variables?: unknown;
}

const PERMISSION =
  'id name displayName displayType description groupName nameAliases restricted createdAt';
const ROLE = ['id', 'name', 'managed', 'receivesPermissionsFrom', 'userCount', 'createdAt'];

const repeat = (times: number, text: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => text(index)).join(' ');
const ofUser = (selections: string) => `{ viewer { datadog { ${selections} } } }`;
const fragmentP = `fragment P on Permission { ${PERMISSION} }`;

/** Fragments on `Role`, each of which spreads the next one this often. */
const nestedSpreads = (levels: number, times: number) =>
  `${ofUser('roles { ...F0 }')} ${repeat(levels, (i) => `fragment F${i} on Role { ${repeat(times, () => `...F${i + 1}`)} }`)} fragment F${levels} on Role { name }`;

const nestedFields = (levels: number): string =>
  levels === 0 ? 'id' : repeat(2, () => `otherUsers { ${nestedFields(levels - 1)} }`);

export const corners: readonly Corner[] = [
  { name: 'one leaf, 980 times', query: ofUser(repeat(980, () => 'name')) },
  { name: 'a list of one leaf, 240 times', query: ofUser(repeat(240, () => 'roles { name }')) },
  {
    name: 'a list of 18 leaves, 46 times',
    query: ofUser(repeat(46, () => `roles { ${repeat(18, () => 'name')} }`)),
  },
  {
    name: 'lists in lists, 95 times',
    query: `{ viewer { ${repeat(95, () => 'datadog { roles { permissions { id } } }')} } }`,
  },
  { name: 'spreads by twos, 9 levels', query: nestedSpreads(9, 2) },
  { name: 'spreads by threes, 6 levels', query: nestedSpreads(6, 3) },
  { name: 'spreads by twos, 100 levels (refused)', query: nestedSpreads(90, 2) },
  {
    name: 'fields by twos in fragments, 8 levels',
    query: `${ofUser('...F0')} ${repeat(8, (i) => `fragment F${i} on DatadogUser { ${repeat(2, () => `otherUsers { ...F${i + 1} }`)} }`)} fragment F8 on DatadogUser { id }`,
  },
  { name: 'fields by twos, 6 levels', query: ofUser(nestedFields(6)) },
  {
    name: '18 lists of a fragment of 100 fields',
    query: `${ofUser(repeat(18, () => 'roles { ...F }'))} fragment F on Role { ${repeat(100, (i) => ROLE[i % ROLE.length] ?? '')} }`,
  },
  {
    name: 'a list of a fragment of 100 fields 18 times',
    query: `${ofUser(`roles { ${repeat(18, () => '...F')} }`)} fragment F on Role { ${repeat(100, (i) => ROLE[i % ROLE.length] ?? '')} }`,
  },
  {
    name: '60 fragments, each spread by two lists',
    query: `${ofUser(repeat(2, () => `roles { ${repeat(60, (i) => `...F${i}`)} }`))} ${repeat(60, (i) => `fragment F${i} on Role { name id }`)}`,
  },
  {
    name: 'a chain of 90 fragments, entered 10 times',
    query: `${ofUser(repeat(10, () => 'roles { ...F0 }'))} ${repeat(90, (i) => `fragment F${i} on Role { name ...F${i + 1} }`)} fragment F90 on Role { name }`,
  },
  {
    name: '320 inline fragments in each other',
    query: ofUser(`${'... { '.repeat(320)} name ${'} '.repeat(320)}`),
  },
  {
    name: '60 fragments on both types of user',
    query: `{ viewer { users { ${repeat(60, (i) => `... on ${i % 2 ? 'DatadogUser' : 'HeyGenUser'} { id provider username displayName email }`)} } } }`,
  },
  { name: 'users, 190 times', query: `{ viewer { ${repeat(190, () => 'users { id }')} } }` },
  {
    name: '18 lists of users in lists of users (488 selections)',
    query: ofUser(
      repeat(
        18,
        (i) =>
          `u${i}: otherUsers { otherUsers { roles { permissions { ...P } } otherUsers { roles { permissions { ...P } } } } }`,
      ),
    ).concat(fragmentP),
  },
  {
    name: '29 lists of all permissions',
    query: ofUser(repeat(29, (i) => `p${i}: permissions { ...P }`)).concat(fragmentP),
  },
  {
    name: '29 filtered lists of each role’s permissions',
    query: ofUser(
      `roles { ${repeat(29, (i) => `p${i}: permissions(restricted: ${i % 2 === 0}) { ...P }`)} }`,
    ).concat(fragmentP),
  },
  {
    name: '95 variables',
    query: `query (${repeat(95, (i) => `$v${i}: String!`)}) { viewer { datadog { ${repeat(29, (i) => `a${i}: hasPermission(name: $v${i})`)} permissions(names: [${repeat(66, (i) => `$v${i + 29}`)}]) { id } } } }`,
    variables: Object.fromEntries(Array.from({ length: 95 }, (_, index) => [`v${index}`, 'x'])),
  },
  {
    name: '100 operations of one fragment',
    query: `${repeat(100, (i) => `query Q${i} { viewer { ...F } }`)} fragment F on Viewer { ${repeat(15, () => 'providers')} }`,
  },
  { name: '900 unknown fields', query: `{ viewer { ${repeat(900, (i) => `zz${i}`)} } }` },
  {
    name: '120 unknown fields after 900 lines',
    query: `{ ${'\n'.repeat(900)} viewer { ${repeat(120, (i) => `zz${i}`)} } }`,
  },
  {
    name: '120 unknown fields after 90,000 blanks',
    query: `{ ${' '.repeat(90_000)} viewer { ${repeat(120, (i) => `zz${i}`)} } }`,
  },
  {
    name: '120 conflicts after 900 lines',
    query: `{ ${'\n'.repeat(900)} viewer { datadog { ${repeat(14, () => 'roles { n: id } roles { n: name }')} ${repeat(100, () => 'roles')} } } }`,
  },
  {
    name: 'introspection, 28 lists of fields of types of fields',
    query: `{ __schema { types { ${repeat(28, (i) => `f${i}: fields { type { fields { ${repeat(15, () => 'name')} description } } }`)} } } }`,
  },
  {
    name: 'introspection, 3 lists of types of 9 lists of fields',
    query: `{ __schema { ${repeat(3, (i) => `t${i}: types { ${repeat(9, (j) => `f${j}: fields { ...F type { fields { ...F } } }`)} }`)} } } fragment F on __Field { name description isDeprecated deprecationReason args { name description defaultValue type { name kind } } type { name kind ofType { name kind ofType { name } } } }`,
  },
  {
    name: '1,000 entities of four types, 40 fragments',
    path: '/subgraph',
    query: `query ($r: [_Any!]!) { _entities(representations: $r) { ${repeat(40, (i) => `... on ${['Role { name', 'Permission { createdAt', 'Organization { url', 'DatadogUser { title'][i % 4]} id }`)} } }`,
    variables: {
      r: Array.from({ length: 1_000 }, (_, index) => ({
        __typename: 'Permission',
        id: `${index}`,
      })),
    },
  },
];
