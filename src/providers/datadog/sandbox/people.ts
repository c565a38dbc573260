import { sandboxId } from './permissions.ts';
import { identifier, MODIFIED_AT, roles } from './roles.ts';

/** The organization of everyone here, and two other ones. */
export const orgs = ['Sandbox Observatory', 'Sandbox Observatory (staging)', 'Sandbox Labs'].map(
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

export type SandboxUser = ReturnType<typeof user>;

/** A fictional person. */
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

/** A person with users in other organizations: the owner of the server's keys. */
export const robin = user(0, 'Robin Sandbox', 'Site Reliability Engineer', [0, 1, 2, 3]);
export const rowan = user(1, 'Rowan Sandbox', 'Platform Engineer', [0, 2]);
export const riley = user(2, 'Riley Sandbox', 'Controller', [3]);

/** Carries the address of the person who made it, as Datadog's do. */
export const deployment = user(3, 'Deployment Sandbox', 'Service account', [0]);
Object.assign(deployment.attributes, {
  handle: deployment.id,
  email: 'robin@sandbox.example',
  service_account: true,
});

/** Holds every permission. */
export const reese = user(4, 'Reese Sandbox', 'Administrator', [4, 1, 3, 5]);
Object.assign(reese.attributes, { mfa_enabled: true });
/** Has a role without permissions, and one whose permissions are not known. */
export const remy = user(5, 'Remy Sandbox', 'Consultant', [3, 5, 6]);
Object.assign(remy.attributes, { mfa_enabled: false });
/** Has no role. */
export const rene = user(6, 'Rene Sandbox', 'New colleague', []);
