import { type Builder, objectRef, type TypeRef } from '../../../schema/builder.ts';
import type { Sessions } from '../../../schema/provider.ts';
import type { Loaders } from '../loaders.ts';
import type { Permission, Role } from '../model.ts';
import type { Grant, PermissionCheck } from '../role-grants.ts';
import { defineEntity } from './entity.ts';

export function definePermission(builder: Builder, sessions: Sessions<Loaders>) {
  const permission = objectRef<Permission>(builder, 'Permission');
  defineEntity(builder, permission, sessions, async (loaders, id) => {
    const [found] = await loaders.permissions.load([id]);
    return found;
  });
  return permission.implement({
    description: 'A permission that Datadog roles can grant.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: 'The permission’s ID at Datadog.' }),
      name: t.exposeString('name', {
        description: 'The name used in code, such as `dashboards_write`.',
      }),
      displayName: t.exposeString('displayName', {
        description: 'The name shown to people, such as `Dashboards Write`.',
      }),
      displayType: t.exposeString('displayType', {
        description: 'The kind of access, such as `read`, `write` or `other`.',
      }),
      description: t.exposeString('description', {
        description: 'What the permission allows.',
      }),
      groupName: t.exposeString('groupName', {
        description: 'The group that Datadog lists the permission in.',
      }),
      nameAliases: t.exposeStringList('nameAliases', {
        description:
          'Other names of the permission. Null where Datadog sends none, which counts as no aliases.',
      }),
      restricted: t.exposeBoolean('restricted', {
        description: 'Whether Datadog marks the permission as restricted.',
      }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        description: 'When the permission was created.',
      }),
    }),
  });
}

export function definePermissionGrant(
  builder: Builder,
  permission: TypeRef<Permission>,
  role: TypeRef<Role>,
) {
  return objectRef<Grant<Permission>>(builder, 'PermissionGrant').implement({
    description: 'A permission, with the roles that grant it.',
    fields: (t) => ({
      permission: t.expose('permission', {
        type: permission,
        nullable: false,
        description: 'The permission.',
      }),
      roles: t.field({
        type: [role],
        nullable: false,
        description: 'The roles that grant the permission, in the order of the user’s roles.',
        resolve: ({ roles }) => roles,
      }),
    }),
  });
}

export function definePermissionCheck(builder: Builder, role: TypeRef<Role>) {
  return objectRef<PermissionCheck>(builder, 'PermissionCheck').implement({
    description: 'Whether the user has a permission, and which roles grant it.',
    fields: (t) => ({
      name: t.exposeString('name', {
        nullable: false,
        description: 'The name that was asked for, which may be an alias.',
      }),
      granted: t.exposeBoolean('granted', {
        description: 'As `hasPermission`: true, false, or null where that cannot be known.',
      }),
      grantedBy: t.field({
        type: [role],
        nullable: false,
        description: 'The known roles that grant it, in the order of the user’s roles.',
        resolve: ({ grantedBy }) => grantedBy,
      }),
    }),
  });
}

/** The arguments of every field that lists permissions; a permission must match all of them. */
export function permissionFilterArgs(builder: Builder) {
  return builder.args((t) => ({
    names: t.stringList({
      required: false,
      description:
        'Only permissions with one of these names. Aliases do not match; an empty list matches none.',
    }),
    groupName: t.string({
      required: false,
      description:
        'Only permissions of this group. A permission whose group is not known does not match.',
    }),
    restricted: t.boolean({
      required: false,
      description:
        'Only restricted permissions (`true`), or only unrestricted ones (`false`). A permission for which this is not known matches neither.',
    }),
  }));
}
