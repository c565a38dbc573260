import { createHash } from 'node:crypto';
import { SIZES, type Size } from '../contract.ts';

/** Bodies with the shapes and approximate proportions of the two vendors' real ones. */

/** Placeholder for a body's version. It has the same length, so all versions are equally long. */
export const VERSION = '####';

const PERSON = `ada+${VERSION}@fictional.example`;
const GROUPS = [
  'Dashboards',
  'Monitors',
  'Log Management',
  'APM',
  'Incidents',
  'Billing and Usage',
];
const CREATED = '2019-08-13T19:50:19.022791+00:00';

/** An ID that looks random, like the vendor's, because such IDs compress badly. */
function uuid(kind: string, index: number): string {
  const hex = createHash('sha256').update(`${kind} ${index}`).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-8$4-$5');
}

function permission(index: number) {
  const group = GROUPS[index % GROUPS.length];
  return {
    type: 'permissions',
    id: uuid('permission', index),
    attributes: {
      name: `fictional_permission_${index}_write`,
      display_name: `Fictional Permission ${index} Write`,
      description: `Change what the fictional permission number ${index} covers in ${group}.`,
      created: '2018-10-19T15:35:23.734317+00:00',
      group_name: group,
      display_type: index % 3 === 0 ? 'read' : 'write',
      restricted: index % 5 === 0,
    },
  };
}

function role(index: number, size: Size) {
  const { permissionsPerRole, permissions } = SIZES[size];
  // An odd stride, so that roles overlap but start with different permissions.
  const ids = Array.from({ length: permissionsPerRole }, (_, n) =>
    uuid('permission', (index * 97 + n) % permissions),
  );
  return {
    type: 'roles',
    id: uuid('role', index),
    attributes: {
      name: `Fictional Role ${index}`,
      managed: index === 0,
      created_at: CREATED,
      modified_at: CREATED,
    },
    relationships: { permissions: { data: ids.map((id) => ({ type: 'permissions', id })) } },
  };
}

export function datadogBody(size: Size): string {
  const roles = Array.from({ length: SIZES[size].roles }, (_, index) => role(index, size));
  const permissions = Array.from({ length: SIZES[size].permissions }, (_, n) => permission(n));
  return JSON.stringify({
    data: {
      type: 'users',
      id: uuid('user', 0),
      attributes: {
        uuid: uuid('user', 0),
        name: 'Ada Fictional',
        handle: PERSON,
        created_at: '2026-07-03T13:37:04.755861+00:00',
        modified_at: '2026-07-03T13:37:41.162593+00:00',
        email: PERSON,
        icon: 'https://secure.gravatar.com/avatar/00000000000000000000000000000000?s=48&d=retro',
        title: 'Engineer',
        verified: true,
        service_account: false,
        disabled: false,
        allowed_login_methods: [],
        status: 'Active',
        last_login_time: '2026-07-04T08:00:00.123456+00:00',
      },
      relationships: {
        roles: { data: roles.map(({ type, id }) => ({ type, id })) },
        org: { data: { type: 'orgs', id: uuid('org', 0) } },
        team_roles: { data: [] },
      },
    },
    included: [
      ...roles.slice(0, 1),
      ...permissions,
      ...roles.slice(1),
      {
        type: 'orgs',
        id: uuid('org', 0),
        attributes: {
          public_id: 'fictionalslug1234',
          name: 'Fictional Org',
          description: null,
          sharing: 'all_private',
          url: null,
          disabled: false,
          created_at: CREATED,
          modified_at: null,
        },
      },
    ],
  });
}

export function heygenBody(): string {
  return JSON.stringify({
    code: 100,
    data: {
      username: '0123456789abcdef0123456789abcdef',
      email: PERSON,
      first_name: 'Ada',
      last_name: 'Fictional',
    },
    msg: null,
    message: null,
  });
}
