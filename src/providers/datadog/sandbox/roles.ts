import { permissions, type SandboxPermission, sandboxId } from './permissions.ts';

/** When the sandbox's people and roles were last modified. */
export const MODIFIED_AT = '2026-07-03T13:37:04.755861+00:00';

interface SandboxRole {
  readonly name: string;
  readonly managed: boolean;
  /** Undefined where the sandbox, as Datadog may, says nothing about the role's permissions. */
  readonly grants: ((permission: SandboxPermission) => boolean) | undefined;
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
  { name: 'Datadog Admin Role', managed: true, grants: () => true },
  { name: 'Quarterly Review', managed: false, grants: () => false },
  { name: 'Partner Access', managed: false, grants: undefined },
];

/** The sandbox's roles, in the shape of Datadog's. */
export const roles = ROLES.map(({ name, managed, grants }, index) => ({
  type: 'roles',
  id: sandboxId('401e', index),
  attributes: { name, managed, created_at: MODIFIED_AT, modified_at: MODIFIED_AT },
  relationships: grants
    ? { permissions: { data: permissions.filter(grants).map(identifier) } }
    : {},
}));

export function identifier(resource: { type: string; id: string } | undefined) {
  return resource && { type: resource.type, id: resource.id };
}
