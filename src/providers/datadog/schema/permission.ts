import type { Builder, TypeRef } from '../../../schema/builder.ts';
import type { Sessions } from '../../../schema/provider.ts';
import type { Grant } from '../grants.ts';
import type { Loaders } from '../loaders.ts';
import type { Permission, Role } from '../model.ts';
import { defineEntity } from './entity.ts';

export function definePermission(builder: Builder, sessions: Sessions<Loaders>) {
  const permission = builder.objectRef<Permission>('Permission');
  defineEntity(builder, permission, sessions, async (loaders, id) => {
    const [found] = await loaders.permissions.load([id]);
    return found;
  });
  return permission.implement({
    description: 'Something that a Datadog role can allow.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: "Datadog's id of it." }),
      name: t.exposeString('name', {
        nullable: true,
        description: 'The name that programs use: `dashboards_write`.',
      }),
      displayName: t.exposeString('displayName', {
        nullable: true,
        description: 'The name that people read: `Dashboards Write`.',
      }),
      displayType: t.exposeString('displayType', {
        nullable: true,
        description: 'Its kind: `read`, `write` or `other`, among what Datadog may send.',
      }),
      description: t.exposeString('description', {
        nullable: true,
        description: 'What it allows, in a sentence.',
      }),
      groupName: t.exposeString('groupName', {
        nullable: true,
        description: 'The group that Datadog lists it under.',
      }),
      nameAliases: t.exposeStringList('nameAliases', {
        nullable: true,
        description:
          'Other names that it goes by; null where Datadog sends none, which counts as no alias.',
      }),
      restricted: t.exposeBoolean('restricted', {
        nullable: true,
        description: 'Is it restricted, in Datadog’s sense?',
      }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was created.',
      }),
    }),
  });
}

export function definePermissionGrant(
  builder: Builder,
  permission: TypeRef<Permission>,
  role: TypeRef<Role>,
) {
  return builder.objectRef<Grant<Permission>>('PermissionGrant').implement({
    description: 'A permission, and the roles that grant it.',
    fields: (t) => ({
      permission: t.expose('permission', {
        type: permission,
        nullable: false,
        description: 'What is granted.',
      }),
      roles: t.field({
        type: [role],
        nullable: false,
        description: 'The roles that grant it, in the order of the user’s roles.',
        resolve: ({ roles }) => roles,
      }),
    }),
  });
}

/** The arguments of every field that lists permissions; all given ones must hold. */
export function permissionFilterArgs(builder: Builder) {
  return builder.args((t) => ({
    names: t.stringList({
      required: false,
      description: 'Only those with one of these names (not aliases); an empty list matches none.',
    }),
    groupName: t.string({
      required: false,
      description: 'Only those of this group; where it is not known a permission is of none.',
    }),
    restricted: t.boolean({
      required: false,
      description:
        'Only those that are restricted, or that are not; where it is not known a permission is neither.',
    }),
  }));
}
