export interface Corner {
  readonly name: string;
  readonly query: string;
  readonly path?: string;
  readonly variables?: unknown;
}

const repeat = (times: number, text: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => text(index)).join(' ');
const ROLE = ['id', 'name', 'managed', 'receivesPermissionsFrom', 'userCount', 'createdAt', 'modifiedAt'];
const PERMISSION = ['id', 'name', 'displayName', 'displayType', 'description', 'groupName', 'nameAliases', 'restricted', 'createdAt'];
const USER = ['id', 'provider', 'username', 'displayName', 'email'];

/** Levels of fragments, each spread `times` by the one before. */
const tree = (levels: number, times: number, wrap = (spread: string) => spread) =>
  `${repeat(levels, (i) => `fragment F${i} on Role { ${repeat(times, () => wrap(`...F${i + 1}`))} }`)} fragment F${levels} on Role { name }`;

export const corners: readonly Corner[] = [
  { name: 'one leaf, 990 times', query: `{ viewer { datadog { ${repeat(990, () => 'name')} } } }` },
  { name: 'roles { name }, 240 times', query: `{ viewer { datadog { ${repeat(240, () => 'roles { name }')} } } }` },
  { name: 'roles { 36 leaves }, 25 times', query: `{ viewer { datadog { ${repeat(25, () => `roles { ${repeat(36, () => 'name')} }`)} } } }` },
  { name: 'roles { 18 leaves }, 46 times', query: `{ viewer { datadog { ${repeat(46, () => `roles { ${repeat(18, () => 'name')} }`)} } } }` },
  { name: 'viewer { datadog { roles { permissions { id } } } }, 75 times', query: `{ ${repeat(19, () => 'viewer { datadog { roles { permissions { id } } roles { permissions { id } } roles { permissions { id } } roles { permissions { id } } } }')} }` },
  { name: 'datadog { roles { permissions { id } } }, 100 times', query: `{ viewer { ${repeat(98, () => 'datadog { roles { permissions { id } } }')} } }` },
  { name: 'twos in twos: 9 levels of spreads', query: `{ viewer { datadog { roles { ...F0 } } } } ${tree(9, 2)}` },
  { name: 'threes in threes: 6 levels', query: `{ viewer { datadog { roles { ...F0 } } } } ${tree(6, 3)}` },
  { name: 'fields in twos: 8 levels of otherUsers', query: `{ viewer { datadog { ...F0 } } } ${repeat(8, (i) => `fragment F${i} on DatadogUser { otherUsers { ...F${i + 1} } otherUsers { ...F${i + 1} } }`)} fragment F8 on DatadogUser { id }` },
  { name: 'fields in twos, written out: 6 levels', query: `{ viewer { datadog { ${twos(6)} } } }` },
  { name: '18 lists of a fragment of 100 fields', query: `{ viewer { datadog { ${repeat(18, () => 'roles { ...F }')} } } } fragment F on Role { ${repeat(100, (i) => ROLE[i % ROLE.length] ?? '')} }` },
  { name: '1 list, a fragment of 100 fields 18 times', query: `{ viewer { datadog { roles { ${repeat(18, () => '...F')} } } } } fragment F on Role { ${repeat(100, (i) => ROLE[i % ROLE.length] ?? '')} }` },
  { name: '98 fragments beside each other', query: `{ viewer { datadog { roles { ${repeat(98, (i) => `...F${i}`)} } } } } ${repeat(98, (i) => `fragment F${i} on Role { ${ROLE[i % 7]} }`)}` },
  { name: '60 fragments, each spread by two lists', query: `{ viewer { datadog { roles { ${repeat(60, (i) => `...F${i}`)} } roles { ${repeat(60, (i) => `...F${i}`)} } } } } ${repeat(60, (i) => `fragment F${i} on Role { name id }`)}` },
  { name: 'a chain of 120 fragments', query: `{ viewer { datadog { roles { ...F0 } } } } ${repeat(120, (i) => `fragment F${i} on Role { ...F${i + 1} }`)} fragment F120 on Role { name }` },
  { name: 'a chain of 90 fragments with a field each, entered 20 times', query: `{ viewer { datadog { ${repeat(10, () => 'roles { ...F0 }')} } } } ${repeat(90, (i) => `fragment F${i} on Role { name ...F${i + 1} }`)} fragment F90 on Role { name }` },
  { name: '320 inline fragments in each other', query: `{ viewer { datadog { ${'... { '.repeat(320)} name ${'} '.repeat(320)} } } }` },
  { name: '30 aliases of all of a user', query: `{ viewer { ${repeat(15, (i) => `d${i}: datadog { roles { permissions { ...P } } r${i}: permissions { ...P } }`)} } } fragment P on Permission { ${PERMISSION.join(' ')} }` },
  { name: '29 aliases of all permissions', query: `{ viewer { datadog { ${repeat(29, (i) => `p${i}: permissions { ...P }`)} } } } fragment P on Permission { ${PERMISSION.join(' ')} }` },
  { name: '29 filtered lists of all roles’ permissions', query: `{ viewer { datadog { roles { ${repeat(29, (i) => `p${i}: permissions(restricted: ${i % 2 === 0}) { ...P }`)} } } } } fragment P on Permission { ${PERMISSION.join(' ')} }` },
  { name: 'users of both types, 30 fragments each', query: `{ viewer { users { ${repeat(60, (i) => `... on ${i % 2 ? 'DatadogUser' : 'HeyGenUser'} { ${USER.join(' ')} }`)} } } }` },
  { name: 'users, 190 times', query: `{ viewer { ${repeat(190, () => 'users { id }')} } }` },
  { name: 'otherUsers with everything, 8 levels', query: `{ viewer { datadog { ...F0 } } } ${repeat(6, (i) => `fragment F${i} on DatadogUser { roles { ...R } teamRoles { ...R } permissions { ...P } grants { permission { ...P } roles { ...R } } otherUsers { ...F${i + 1} } }`)} fragment F6 on DatadogUser { id } fragment R on Role { id name permissions { ...P } } fragment P on Permission { ${PERMISSION.join(' ')} }` },
  { name: '100 operations of one fragment', query: `${repeat(100, (i) => `query Q${i} { viewer { ...F } }`)} fragment F on Viewer { ${repeat(15, () => 'providers')} }` },
  { name: '190 variables', query: `query (${repeat(95, (i) => `$v${i}: String!`)}) { viewer { datadog { ${repeat(29, (i) => `a${i}: hasPermission(name: $v${i})`)} permissions(names: [${repeat(66, (i) => `$v${i + 29}`)}]) { id } } } }`, variables: Object.fromEntries(Array.from({ length: 95 }, (_, i) => [`v${i}`, 'x'])) },
  { name: '330 unknown fields', query: `{ viewer { ${repeat(900, (i) => `zz${i}`)} } }` },
  { name: '100 unknown fields after 48,000 line breaks', query: `{ ${'\n'.repeat(48_000)} viewer { ${repeat(120, (i) => `zz${i}`)} } }` },
  { name: 'conflicts, in hundreds', query: `{ viewer { datadog { ${repeat(29, (i) => `x: ${['name', 'handle', 'title', 'status'][i % 4]}`)} x ${repeat(880, () => 'name')} } } }` },
  { name: 'conflicts below 29 pairs', query: `{ viewer { datadog { roles { ${repeat(15, (i) => `n${i}: name`)} } roles { ${repeat(15, (i) => `n${i}: id`)} } } } }` },
  { name: 'conflicts after 48,000 line breaks', query: `{ ${'\n'.repeat(48_000)} viewer { ${repeat(60, () => 'datadog { roles { a: name } } ').replaceAll('a: name', 'name')} ${repeat(15, () => 'datadog { roles { name: id } datadog: name }')} ${repeat(15, () => 'datadog { roles { name: userCount } }')} } }` },
  { name: 'wrong types after 48,000 line breaks', query: `query (${repeat(29, (i) => `$v${i}: Int`)}) { ${'\n'.repeat(48_000)} viewer { datadog { ${repeat(29, (i) => `a${i}: hasPermission(name: $v${i})`)} ${repeat(60, () => 'hasPermission')} ${repeat(60, () => 'roles')} } } }` },
  { name: 'values that do not fit after 48,000 line breaks', query: `{ ${'\n'.repeat(48_000)} viewer { ${repeat(29, (i) => `u${i}: datadog { icon }`)} } }` },
  { name: 'introspection, 28 aliases of fields of types of fields', query: `{ __schema { types { ${repeat(28, (i) => `f${i}: fields { type { fields { ${repeat(15, () => 'name')} description } } }`)} } } }` },
  { name: 'introspection, 13 in 13', query: `{ __schema { ${repeat(4, (i) => `t${i}: types { ${repeat(5, (j) => `f${j}: fields { name description args { name } type { name ofType { name ofType { name } } interfaces { name } possibleTypes { name } fields { name description } } }`)} }`)} } }` },
  { name: 'entities of each type, 20 fragments each', path: '/subgraph', query: `query ($r: [_Any!]!) { _entities(representations: $r) { ${repeat(40, (i) => `... on ${['Role', 'Permission', 'Organization', 'DatadogUser'][i % 4]} { id ${i % 4 === 2 ? 'name' : i % 4 === 3 ? 'title' : 'name createdAt'} }`)} } }`, variables: { r: Array.from({ length: 1000 }, (_, i) => ({ __typename: 'Permission', id: String(i) })) } },
];

function twos(levels: number): string {
  if (levels === 0) return 'id';
  return `otherUsers { ${twos(levels - 1)} } otherUsers { ${twos(levels - 1)} }`;
}
