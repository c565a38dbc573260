/** The CPU time and bytes of the costliest requests that pass all limits, and of one that does not. */

import {
  administrator,
  permission,
  role,
  USER_ID,
  userWithRoles,
  uuid,
} from '../fixtures/datadog.ts';
import { createRolecall } from '../support/rolecall.ts';
import { json, startUpstream } from '../support/upstream.ts';

const TIMES = 5;
const LEAVES = 'id name displayName displayType description groupName restricted createdAt';

/** Twenty roles with 5,000 grants of 400 permissions. */
function organization(attributes: Record<string, unknown> = {}) {
  const permissions = Array.from({ length: 400 }, (_, index) => permission(index + 1, attributes));
  const ids = permissions.map(({ id }) => id);
  const roles = Array.from({ length: 20 }, (_, index) =>
    role(index + 1, ids.slice((index * 7) % 150, ((index * 7) % 150) + 250)),
  );
  return userWithRoles(roles, permissions);
}

const invalid = Object.fromEntries(
  ['name', 'display_name', 'display_type', 'description', 'group_name', 'created'].map((name) => [
    name,
    1,
  ]),
);
const names = JSON.stringify(Array.from({ length: 118 }, (_, index) => `permission_${index + 1}`));
const aliases = (field: string, count = 29) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
const entities = (type: string, id: string, fields: string) => ({
  path: '/subgraph',
  query: `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${type} { ${fields} } } }`,
  variables: { representations: Array.from({ length: 1_000 }, () => ({ __typename: type, id })) },
});

interface Case {
  readonly document: unknown;
  readonly query: string;
  readonly path?: string;
  readonly variables?: unknown;
}

const cases: Readonly<Record<string, Case>> = {
  'refused: 412 grants of a role with 412 permissions': {
    document: administrator(),
    query: `{ viewer { datadog { grants { permission { ${LEAVES} } roles { permissions { ${LEAVES} } } } } } }`,
  },
  '118 grants of a role with 412 permissions': {
    document: administrator(),
    query: `{ viewer { datadog { grants(names: ${names}) { permission { ${LEAVES} } roles { permissions { ${LEAVES} } } } } } }`,
  },
  '20 roles, 5,000 edges, all fields': {
    document: organization(),
    query: `{ viewer { datadog { roles { permissions { ${LEAVES} } } } } }`,
  },
  'the same, six values of each permission not fitting': {
    document: organization(invalid),
    query: `{ viewer { datadog { roles { permissions { ${LEAVES} } } } } }`,
  },
  '400 grants with their roles, eight filters each that let nothing through': {
    document: organization(),
    query: `{ viewer { datadog { grants { roles { ${aliases('permissions(names: ["none"]) { id }', 8)} } } } } }`,
  },
  '1,000 representations of a user, 29 questions each': {
    document: organization(),
    ...entities('DatadogUser', USER_ID, aliases('hasPermission(name: "none")')),
  },
  '1,000 representations of a user, 29 filters each': {
    document: organization(),
    ...entities('DatadogUser', USER_ID, aliases('permissions(names: ["none"]) { id }')),
  },
  '1,000 representations of a role, 29 filters each': {
    document: organization(),
    ...entities('Role', uuid(3, 1), aliases('permissions(names: ["none"]) { id }')),
  },
};

for (const [title, { document, query, path = '/graphql', variables }] of Object.entries(cases)) {
  await using datadog = await startUpstream(json(document));
  const rolecall = createRolecall({
    DD_API_KEY: 'fictional-api-key',
    DD_APP_KEY: 'fictional-app-key',
    DATADOG_API_URL: datadog.url,
  });
  await rolecall.query('{ viewer { datadog { id } } }');
  let outcome = '';
  const costs: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const before = process.cpuUsage();
    const response = await rolecall.fetch(`http://rolecall.example${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { byteLength } = await response.arrayBuffer();
    const { user, system } = process.cpuUsage(before);
    costs.push(Math.round((user + system) / 1_000));
    outcome = `${response.status}, ${byteLength} bytes`;
  }
  console.log(`${title}: ${outcome}; ${costs.join(', ')} ms`);
}
