import {
  deployment,
  orgs,
  reese,
  remy,
  rene,
  riley,
  robin,
  rowan,
  type SandboxUser,
} from './people.ts';
import { permissions } from './permissions.ts';
import { identifier, roles } from './roles.ts';

const users: readonly SandboxUser[] = [robin, rowan, riley, deployment, reese, remy, rene];

/** What the responses for the owner of the server's keys refer to: these users, without their own resources. */
const otherUsers = [rowan, riley];

/** The sandbox's response to `GET /api/v2/current_user` for the owner of its first key, in the shape of Datadog's. */
const currentUser = {
  data: {
    ...robin,
    relationships: {
      ...robin.relationships,
      other_orgs: { data: orgs.slice(1).map(identifier) },
      other_users: { data: otherUsers.map(identifier) },
      team_roles: { data: [] },
    },
  },
  included: [...rolesOf(robin), ...permissions, ...orgs],
};

/** The response to `GET /api/v2/current_user` for each key; that is, for each person. */
export const currentUsers: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['sandbox', currentUser],
  ['sandbox-key-robin', currentUser],
  ...Object.entries({ rowan, riley, deployment, reese, remy, rene }).map(
    ([name, user]) =>
      [
        `sandbox-key-${name}`,
        { data: user, included: [...includedWith(user), ...orgs.slice(0, 1)] },
      ] as const,
  ),
]);

/** The responses that are the same for every key, by the path below `/api/v2/`. */
export const documents: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['permissions', { data: permissions }],
  ...roles.map((role) => [`roles/${role.id}`, { data: role }] as const),
  ...users.map(
    (each) => [`users/${each.id}`, { data: each, included: includedWith(each) }] as const,
  ),
]);

const DEFAULT_PAGE_SIZE = 10;

/** The response to `GET /api/v2/users`: who has the filter's text anywhere in a name, handle or e-mail address. */
export function findUsers(query: URLSearchParams) {
  const text = query.get('filter')?.toLowerCase() ?? '';
  const statuses = query.get('filter[status]')?.split(',');
  const found = users.filter(
    ({ attributes: { name, handle, email, status } }) =>
      [name, handle, email].some((value) => value.toLowerCase().includes(text)) &&
      (statuses?.includes(status) ?? true),
  );
  const size = Number(query.get('page[size]') ?? DEFAULT_PAGE_SIZE);
  const start = Number(query.get('page[number]') ?? 0) * size;
  return {
    data: found.slice(start, start + size),
    meta: { page: { total_count: users.length, total_filtered_count: found.length } },
  };
}

/** A user's roles and their permissions, but not the organization, as in Datadog's response for one user. */
function includedWith(user: SandboxUser) {
  const ofUser = rolesOf(user);
  const granted = new Set(
    ofUser.flatMap(({ relationships }) => relationships.permissions?.data.map((each) => each?.id)),
  );
  return [...ofUser, ...permissions.filter(({ id }) => granted.has(id))];
}

function rolesOf({ relationships }: SandboxUser) {
  const ids = new Set(relationships.roles.data.map((each) => each?.id));
  return roles.filter(({ id }) => ids.has(id));
}
