import { type Builder, objectRef, type TypeRef } from '../../../schema/builder.ts';
import { valid } from '../../../schema/lenient.ts';
import type { Sessions } from '../../../schema/provider.ts';
import { selectsMoreThanId } from '../../../schema/selection.ts';
import type { Loaders } from '../loaders.ts';
import type { Permission, Role } from '../model.ts';
import { isFilter, permissionMatcher } from '../permission-filter.ts';
import { defineEntity } from './entity.ts';
import { permissionFilterArgs } from './permission.ts';
import { onlyIds } from './relationship.ts';

export function defineRole(
  builder: Builder,
  sessions: Sessions<Loaders>,
  permission: TypeRef<Permission>,
) {
  const role = objectRef<Role>(builder, 'Role');
  defineEntity(builder, role, sessions, (loaders, id) => loaders.roles.load(id));
  return role.implement({
    description: 'A Datadog role: a named set of permissions.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: 'The role’s ID at Datadog.' }),
      name: t.exposeString('name', { description: 'The role’s name.' }),
      managed: t.exposeBoolean('managed', {
        description: 'The attribute `managed`, which Datadog sends but does not document.',
      }),
      receivesPermissionsFrom: t.exposeStringList('receivesPermissionsFrom', {
        description: 'The roles that this role inherits permissions from.',
      }),
      userCount: t.expose('userCount', {
        type: 'SafeInt',
        description: 'The number of users with this role.',
      }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        description: 'When the role was created.',
      }),
      modifiedAt: t.expose('modifiedAt', {
        type: 'DateTime',
        description: 'When the role was last modified.',
      }),
      permissions: t.field({
        type: [permission],
        description:
          'The permissions that the role grants; null where they are not known. An entry that cannot be read is left out.',
        args: permissionFilterArgs(builder),
        async resolve({ linkedPermissions }, filter, context, info) {
          const ids = valid(linkedPermissions)?.ids;
          if (ids === undefined) return null;
          if (!isFilter(filter) && !selectsMoreThanId(context, info))
            return onlyIds<Permission>(ids);
          const permissions = await sessions.of(context).permissions.load(ids);
          return isFilter(filter) ? permissions.filter(permissionMatcher(filter)) : permissions;
        },
      }),
    }),
  });
}
