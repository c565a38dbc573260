import type { Builder, TypeRef } from '../../../schema/builder.ts';
import type { Sessions } from '../../../schema/provider.ts';
import { selectsMoreThanId } from '../../../schema/selection.ts';
import { valid } from '../../values.ts';
import { isFilter, permissionMatcher } from '../grants.ts';
import type { Loaders } from '../loaders.ts';
import type { Permission, Role } from '../model.ts';
import { defineEntity } from './entity.ts';
import { references } from './expand.ts';
import { permissionFilterArgs } from './permission.ts';

export function defineRole(
  builder: Builder,
  sessions: Sessions<Loaders>,
  permission: TypeRef<Permission>,
) {
  const role = builder.objectRef<Role>('Role');
  defineEntity(builder, role, sessions, (loaders, id) => loaders.roles.load(id));
  return role.implement({
    description: 'A Datadog role: a named set of permissions.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: "Datadog's id of it." }),
      name: t.exposeString('name', { nullable: true, description: 'Its name.' }),
      managed: t.exposeBoolean('managed', {
        nullable: true,
        description: 'What Datadog sends as `managed`; it does not document the meaning.',
      }),
      receivesPermissionsFrom: t.exposeStringList('receivesPermissionsFrom', {
        nullable: true,
        description: 'The roles that it inherits permissions from.',
      }),
      userCount: t.expose('userCount', {
        type: 'SafeInt',
        nullable: true,
        description: 'How many users have it.',
      }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was created.',
      }),
      modifiedAt: t.expose('modifiedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was last modified.',
      }),
      permissions: t.field({
        type: [permission],
        nullable: true,
        description:
          'The permissions that it grants; null where they are not known. A reference to one that cannot be read is left out.',
        args: permissionFilterArgs(builder),
        async resolve({ linkedPermissions }, filter, context, info) {
          const ids = valid(linkedPermissions)?.ids;
          if (ids === undefined) return null;
          if (!isFilter(filter) && !selectsMoreThanId(context, info))
            return references<Permission>(ids);
          const permissions = await sessions.of(context).permissions.load(ids);
          return isFilter(filter) ? permissions.filter(permissionMatcher(filter)) : permissions;
        },
      }),
    }),
  });
}
