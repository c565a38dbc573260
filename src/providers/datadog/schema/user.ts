import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../../../context.ts';
import { type Builder, objectRef, type TypeRef } from '../../../schema/builder.ts';
import { known, valid } from '../../../schema/lenient.ts';
import type { Sessions } from '../../../schema/provider.ts';
import { selectsMoreThanId } from '../../../schema/selection.ts';
import type { Loaders } from '../loaders.ts';
import type { User } from '../model.ts';
import { defineEntity } from './entity.ts';
import { loadGrants, loadPermissionChecks } from './load-grants.ts';
import { defineOrganization } from './organization.ts';
import {
  definePermission,
  definePermissionCheck,
  definePermissionGrant,
  permissionFilterArgs,
} from './permission.ts';
import { resolveToMany, resolveToOne } from './relationship.ts';
import { defineRole } from './role.ts';

export function defineUser(builder: Builder, sessions: Sessions<Loaders>): TypeRef<User> {
  const asking = (context: Context, { path }: GraphQLResolveInfo) => ({
    loaders: sessions.of(context),
    partialErrors: context.execution.partialErrors,
    path,
  });
  const organization = defineOrganization(builder, sessions);
  const permission = definePermission(builder, sessions);
  const role = defineRole(builder, sessions, permission);
  const grant = definePermissionGrant(builder, permission, role);
  const check = definePermissionCheck(builder, role);
  const user = objectRef<User>(builder, 'DatadogUser');
  defineEntity(builder, user, sessions, (loaders, id) => loaders.users.load(id));

  user.implement({
    description: 'A Datadog user: a person or a service account.',
    interfaces: ['User'],
    fields: (t) => ({
      uuid: t.expose('uuid', {
        type: 'UUID',
        description: 'The attribute `uuid`, usually the same as the ID.',
      }),
      name: t.exposeString('name', { description: 'The user’s full name.' }),
      handle: t.exposeString('handle', {
        description:
          'The login name: an e-mail address for a person, a UUID for a service account.',
      }),
      title: t.exposeString('title', { description: 'The user’s job title.' }),
      icon: t.expose('icon', {
        type: 'URL',
        description: 'The URL of the user’s avatar.',
      }),
      status: t.exposeString('status', {
        description: 'The account’s status, such as `Active`, `Pending` or `Disabled`.',
      }),
      disabled: t.exposeBoolean('disabled', {
        description: 'Whether the account is disabled.',
      }),
      verified: t.exposeBoolean('verified', {
        description: 'Whether the e-mail address is verified.',
      }),
      mfaEnabled: t.exposeBoolean('mfaEnabled', {
        description: 'Whether multi-factor authentication is enabled. Datadog rarely sends it.',
      }),
      serviceAccount: t.exposeBoolean('serviceAccount', {
        description: 'Whether this is a service account rather than a person.',
      }),
      allowedLoginMethods: t.exposeStringList('allowedLoginMethods', {
        description: 'The login methods that the user may use. An empty list means no restriction.',
      }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        description: 'When the user was created.',
      }),
      modifiedAt: t.expose('modifiedAt', {
        type: 'DateTime',
        description: 'When the user was last modified.',
      }),
      lastLoginTime: t.expose('lastLoginTime', {
        type: 'DateTime',
        description: 'When the user last logged in; null also if the user never has.',
      }),
      organization: t.field({
        type: organization,
        description: 'The user’s organization.',
        resolve: ({ linkedOrganization }, _args, context, info) =>
          resolveToOne(linkedOrganization, context, info, sessions.of(context).organizations),
      }),
      otherOrganizations: t.field({
        type: [organization],
        description: 'Other organizations of this person.',
        resolve: ({ linkedOtherOrganizations }, _args, context, info) =>
          resolveToMany(
            linkedOtherOrganizations,
            context,
            info,
            sessions.of(context).organizations,
          ),
      }),
      otherUsers: t.field({
        type: [user],
        description: 'This person’s users in other organizations.',
        resolve: ({ linkedOtherUsers }, _args, context, info) =>
          resolveToMany(linkedOtherUsers, context, info, sessions.of(context).users),
      }),
      roles: t.field({
        type: [role],
        description:
          'The user’s roles; null where they are not known. An entry that cannot be read is left out.',
        resolve: ({ linkedRoles }, _args, context, info) =>
          resolveToMany(linkedRoles, context, info, sessions.of(context).roles),
      }),
      teamRoles: t.field({
        type: [role],
        description:
          'Roles that the user has through teams. No other field takes them into account.',
        resolve: ({ linkedTeamRoles }, _args, context, info) =>
          resolveToMany(linkedTeamRoles, context, info, sessions.of(context).roles),
      }),
      permissions: t.field({
        type: [permission],
        description:
          'The permissions that the user’s roles grant, each once, in the order first granted. Roles whose permissions are not known are left out; null where this is so for every role.',
        args: permissionFilterArgs(builder),
        async resolve({ linkedRoles }, filter, context, info) {
          const linkage = valid(linkedRoles);
          if (linkage === null) return null;
          const isMore = selectsMoreThanId(context, info);
          const grants = await loadGrants(asking(context, info), linkage.ids, filter, isMore);
          return grants?.map((each) => each.permission) ?? null;
        },
      }),
      grants: t.field({
        type: [grant],
        description: 'The same permissions as in `permissions`, each with the roles that grant it.',
        args: permissionFilterArgs(builder),
        resolve({ linkedRoles }, filter, context, info) {
          const linkage = valid(linkedRoles);
          if (linkage === null) return null;
          const isMore = selectsMoreThanId(context, info, 'permission');
          return loadGrants(asking(context, info), linkage.ids, filter, isMore);
        },
      }),
      hasPermission: t.boolean({
        description:
          'Whether one of the user’s roles grants the permission with this name or alias. Null where no known role grants it and something is not known: a role, its permissions, or the name of one of them. Missing aliases count as no aliases.',
        args: {
          name: t.arg.string({
            required: true,
            description: 'The name or an alias of the permission, such as `dashboards_write`.',
          }),
        },
        async resolve({ linkedRoles }, { name }, context, info) {
          const linkage = known(linkedRoles);
          const [check] = await loadPermissionChecks(asking(context, info), linkage, [name]);
          return check?.granted ?? null;
        },
      }),
      permissionChecks: t.field({
        type: [check],
        nullable: false,
        description:
          'One check for each name, in the order asked: may this user do it, and which roles allow it?',
        args: {
          names: t.arg.stringList({
            required: true,
            description: 'Names or aliases of permissions, such as `dashboards_write`.',
          }),
        },
        resolve: ({ linkedRoles }, { names }, context, info) =>
          loadPermissionChecks(asking(context, info), known(linkedRoles), names),
      }),
    }),
  });
  return user;
}
