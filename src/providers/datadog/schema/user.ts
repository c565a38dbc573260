import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../../../context.ts';
import type { Builder, TypeRef } from '../../../schema/builder.ts';
import type { Sessions } from '../../../schema/provider.ts';
import { selectsMoreThanId } from '../../../schema/selection.ts';
import { known, valid } from '../../values.ts';
import type { Loaders } from '../loaders.ts';
import type { User } from '../model.ts';
import { defineEntity } from './entity.ts';
import { expandMany, expandOne } from './expand.ts';
import { loadGrants, loadHasPermission } from './granted.ts';
import { defineOrganization } from './organization.ts';
import { definePermission, definePermissionGrant, permissionFilterArgs } from './permission.ts';
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
  const user = builder.objectRef<User>('DatadogUser');
  defineEntity(builder, user, sessions, (loaders, id) => loaders.users.load(id));

  user.implement({
    description: 'A user of Datadog: a person or a service account.',
    interfaces: ['User'],
    fields: (t) => ({
      uuid: t.expose('uuid', {
        type: 'UUID',
        nullable: true,
        description: 'The UUID among the attributes; usually the same as the id.',
      }),
      name: t.exposeString('name', { nullable: true, description: 'The full name.' }),
      handle: t.exposeString('handle', {
        nullable: true,
        description: 'A person’s full e-mail address, or a service account’s UUID.',
      }),
      title: t.exposeString('title', { nullable: true, description: 'The job title.' }),
      icon: t.expose('icon', { type: 'URL', nullable: true, description: 'The avatar’s URL.' }),
      status: t.exposeString('status', {
        nullable: true,
        description: '`Active`, `Pending` or `Disabled`, among what Datadog may send.',
      }),
      disabled: t.exposeBoolean('disabled', {
        nullable: true,
        description: 'Is the account disabled?',
      }),
      verified: t.exposeBoolean('verified', {
        nullable: true,
        description: 'Is the e-mail address verified?',
      }),
      mfaEnabled: t.exposeBoolean('mfaEnabled', {
        nullable: true,
        description: 'Is multi-factor authentication on? Datadog seldom says.',
      }),
      serviceAccount: t.exposeBoolean('serviceAccount', {
        nullable: true,
        description: 'Is it a service account rather than a person?',
      }),
      allowedLoginMethods: t.exposeStringList('allowedLoginMethods', {
        nullable: true,
        description: 'The ways this user may log in; an empty list where Datadog sets no limit.',
      }),
      createdAt: t.expose('createdAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the user was created.',
      }),
      modifiedAt: t.expose('modifiedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the user was last modified.',
      }),
      lastLoginTime: t.expose('lastLoginTime', {
        type: 'DateTime',
        nullable: true,
        description: 'When the user last logged in; null also where that never happened.',
      }),
      organization: t.field({
        type: organization,
        nullable: true,
        description: 'The organization that the user belongs to.',
        resolve: ({ organizationId }, _args, context, info) =>
          expandOne(organizationId, context, info, sessions.of(context).organizations),
      }),
      otherOrganizations: t.field({
        type: [organization],
        nullable: true,
        description: 'Other organizations that this person belongs to.',
        resolve: ({ linkedOtherOrganizations }, _args, context, info) =>
          expandMany(linkedOtherOrganizations, context, info, sessions.of(context).organizations),
      }),
      otherUsers: t.field({
        type: [user],
        nullable: true,
        description: 'This person’s users in other organizations.',
        resolve: ({ linkedOtherUsers }, _args, context, info) =>
          expandMany(linkedOtherUsers, context, info, sessions.of(context).users),
      }),
      roles: t.field({
        type: [role],
        nullable: true,
        description:
          'The user’s roles; null where they are not known. A reference to one that cannot be read is left out.',
        resolve: ({ linkedRoles }, _args, context, info) =>
          expandMany(linkedRoles, context, info, sessions.of(context).roles),
      }),
      teamRoles: t.field({
        type: [role],
        nullable: true,
        description: 'The roles that the user has through teams. They count in no other field.',
        resolve: ({ linkedTeamRoles }, _args, context, info) =>
          expandMany(linkedTeamRoles, context, info, sessions.of(context).roles),
      }),
      permissions: t.field({
        type: [permission],
        nullable: true,
        description:
          'Every permission that the roles grant, once, in the order first granted. Where the permissions of some roles are not known, those that the others grant; null where there are roles and the permissions of none are known.',
        args: permissionFilterArgs(builder),
        async resolve({ linkedRoles }, filter, context, info) {
          const linkage = valid(linkedRoles);
          if (linkage === null) return null;
          const wanted = selectsMoreThanId(context, info);
          const grants = await loadGrants(asking(context, info), linkage.ids, filter, wanted);
          return grants?.map((granted) => granted.permission) ?? null;
        },
      }),
      grants: t.field({
        type: [grant],
        nullable: true,
        description: 'The same as `permissions`, each with the roles that grant it.',
        args: permissionFilterArgs(builder),
        resolve({ linkedRoles }, filter, context, info) {
          const linkage = valid(linkedRoles);
          if (linkage === null) return null;
          const wanted = selectsMoreThanId(context, info, 'permission');
          return loadGrants(asking(context, info), linkage.ids, filter, wanted);
        },
      }),
      hasPermission: t.boolean({
        nullable: true,
        description:
          'Does any role grant it? By name or by one of its aliases. Where no known role does, it is null as long as a role, its permissions or the name of one of them is not known. Aliases that Datadog does not send count as none.',
        args: {
          name: t.arg.string({
            required: true,
            description: 'The permission’s name, such as `dashboards_write`, or an alias.',
          }),
        },
        resolve({ linkedRoles }, { name }, context, info) {
          const linkage = known(linkedRoles);
          return linkage === null ? null : loadHasPermission(asking(context, info), linkage, name);
        },
      }),
    }),
  });
  return user;
}
