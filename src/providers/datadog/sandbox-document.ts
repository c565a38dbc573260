import { permissions, type SandboxPermission, sandboxId } from './sandbox-permissions.ts';

const REFERENCED_AT = '2026-07-03T13:37:04.755861+00:00';

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
  attributes: { name, managed, created_at: REFERENCED_AT, modified_at: REFERENCED_AT },
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

const ID = sandboxId('05e4', 0);

/** What `GET /api/v2/current_user` answers in the sandbox: an invented person, in the shape of recorded bodies. */
export const document = {
  data: {
    type: 'users',
    id: ID,
    attributes: {
      uuid: ID,
      name: 'Robin Sandbox',
      handle: 'robin@sandbox.example',
      created_at: '2020-01-16T10:12:01.104212+00:00',
      modified_at: REFERENCED_AT,
      email: 'robin@sandbox.example',
      icon: 'https://secure.gravatar.com/avatar/00000000000000000000000000000000?s=48&d=retro',
      title: 'Site Reliability Engineer',
      verified: true,
      service_account: false,
      disabled: false,
      allowed_login_methods: [],
      status: 'Active',
      last_login_time: '2026-11-02T07:55:12.310027+00:00',
    },
    relationships: {
      roles: { data: roles.map(identifier) },
      org: { data: identifier(orgs[0]) },
      other_orgs: { data: orgs.slice(1).map(identifier) },
      other_users: {
        data: [1, 2].map((index) => ({ type: 'users', id: sandboxId('05e4', index) })),
      },
      team_roles: { data: [] },
    },
  },
  included: [...roles, ...permissions, ...orgs],
};

function identifier(resource: { type: string; id: string } | undefined) {
  return resource && { type: resource.type, id: resource.id };
}
