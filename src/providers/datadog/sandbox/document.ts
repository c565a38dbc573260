import { permissions, type SandboxPermission, sandboxId } from './permissions.ts';

const MODIFIED_AT = '2026-07-03T13:37:04.755861+00:00';

interface SandboxRole {
  readonly name: string;
  readonly managed: boolean;
  readonly grants: (permission: SandboxPermission) => boolean;
}

const isRead = ({ attributes }: SandboxPermission) => attributes['display_type'] === 'read';
const isOf =
  (...groups: readonly string[]) =>
  ({ attributes }: SandboxPermission) =>
    groups.includes(String(attributes['group_name']));

const ROLES: readonly SandboxRole[] = [
  { name: 'Datadog Read Only Role', managed: true, grants: isRead },
  {
    name: 'Site Reliability',
    managed: false,
    grants: isOf(
      'Monitors',
      'Incidents',
      'On-Call',
      'Service Level Objectives',
      'Dashboards',
      'Notebooks',
    ),
  },
  {
    name: 'Observability Platform',
    managed: false,
    grants: isOf('APM', 'Log Management', 'Metrics', 'Observability', 'Integrations', 'Fleet'),
  },
  { name: 'Billing Reader', managed: false, grants: isOf('Billing and Usage') },
];

const roles = ROLES.map(({ name, managed, grants }, index) => ({
  type: 'roles',
  id: sandboxId('401e', index),
  attributes: { name, managed, created_at: MODIFIED_AT, modified_at: MODIFIED_AT },
  relationships: { permissions: { data: permissions.filter(grants).map(identifier) } },
}));

const orgs = ['Sandbox Observatory', 'Sandbox Observatory (staging)', 'Sandbox Labs'].map(
  (name, index) => ({
    type: 'orgs',
    id: sandboxId('0460', index),
    attributes: {
      public_id: `sandbox${String(index).padStart(9, '0')}`,
      name,
      description: null,
      sharing: 'all_private',
      url: null,
      disabled: false,
      created_at: '2020-01-15T08:30:00.001015+00:00',
      modified_at: null,
    },
  }),
);

/** A fictional person; the first one owns the sandbox's keys. */
function user(index: number, name: string, title: string, roleIndexes: readonly number[]) {
  const id = sandboxId('05e4', index);
  const handle = `${name.split(' ')[0]?.toLowerCase()}@sandbox.example`;
  return {
    type: 'users',
    id,
    attributes: {
      uuid: id,
      name,
      handle,
      created_at: '2020-01-16T10:12:01.104212+00:00',
      modified_at: MODIFIED_AT,
      email: handle,
      icon: 'https://secure.gravatar.com/avatar/00000000000000000000000000000000?s=48&d=retro',
      title,
      verified: true,
      service_account: false,
      disabled: false,
      allowed_login_methods: [],
      status: 'Active',
      last_login_time: '2026-11-02T07:55:12.310027+00:00',
    },
    relationships: {
      roles: { data: roleIndexes.map((role) => identifier(roles[role])) },
      org: { data: identifier(orgs[0]) },
    },
  };
}

const users = [
  user(0, 'Robin Sandbox', 'Site Reliability Engineer', [0, 1, 2, 3]),
  user(1, 'Rowan Sandbox', 'Platform Engineer', [0, 2]),
  user(2, 'Riley Sandbox', 'Controller', [3]),
];
const [viewer] = users;

/** Carries the address of the person who made it, as Datadog's do. */
const serviceAccount = user(3, 'Deployment Sandbox', 'Service account', [0]);
Object.assign(serviceAccount.attributes, {
  handle: serviceAccount.id,
  email: 'robin@sandbox.example',
  service_account: true,
});

/** The sandbox's response to `GET /api/v2/current_user`, in the shape of Datadog's. */
export const currentUser = {
  data: {
    ...viewer,
    relationships: {
      ...viewer?.relationships,
      other_orgs: { data: orgs.slice(1).map(identifier) },
      other_users: { data: users.slice(1).map(identifier) },
      team_roles: { data: [] },
    },
  },
  included: [...roles, ...permissions, ...orgs],
};

/** All responses of the sandbox, by the path below `/api/v2/`. */
export const documents: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['current_user', currentUser],
  ['permissions', { data: permissions }],
  ...roles.map((role) => [`roles/${role.id}`, { data: role }] as const),
  ...[...users, serviceAccount].map(
    (each) => [`users/${each.id}`, { data: each, included: includedWith(each) }] as const,
  ),
]);

const DEFAULT_PAGE_SIZE = 10;

/** The response to `GET /api/v2/users`: who has the filter's text anywhere in a name, handle or e-mail address. */
export function findUsers(query: URLSearchParams) {
  const text = query.get('filter')?.toLowerCase() ?? '';
  const statuses = query.get('filter[status]')?.split(',');
  const found = [...users, serviceAccount].filter(
    ({ attributes: { name, handle, email, status } }) =>
      [name, handle, email].some((value) => value.toLowerCase().includes(text)) &&
      (statuses?.includes(status) ?? true),
  );
  const size = Number(query.get('page[size]') ?? DEFAULT_PAGE_SIZE);
  const start = Number(query.get('page[number]') ?? 0) * size;
  return {
    data: found.slice(start, start + size),
    meta: { page: { total_count: users.length + 1, total_filtered_count: found.length } },
  };
}

/** A user's roles and their permissions, but not the organization, as in Datadog's response for one user. */
function includedWith({ relationships }: (typeof users)[number]) {
  const roleIds = new Set(relationships.roles.data.map((each) => each?.id));
  const ofUser = roles.filter(({ id }) => roleIds.has(id));
  const granted = new Set(
    ofUser.flatMap((role) => role.relationships.permissions.data.map((each) => each?.id)),
  );
  return [...ofUser, ...permissions.filter(({ id }) => granted.has(id))];
}

function identifier(resource: { type: string; id: string } | undefined) {
  return resource && { type: resource.type, id: resource.id };
}
