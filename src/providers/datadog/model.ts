import type { JsonObject } from '../../lib/json.ts';
import type { Document, Resource } from '../../lib/json-api.ts';
import { type Linkage, MALFORMED, toOne } from '../../lib/json-api-linkage.ts';
import type { UserShape } from '../../schema/builder.ts';
import type { Lenient } from '../../schema/lenient.ts';
import { firstText, valueReader } from '../value-reader.ts';
import { vendor } from './vendor.ts';

/**
 * Datadog's resources with the schema's names, so that the schema's fields need no resolvers.
 * Each is created from its resource only: of relationships, only the ids are read. In a placeholder, everything but the id
 * is null. `__typename` tells a subgraph's entities apart.
 * Attributes: https://docs.datadoghq.com/api/latest/users/get-current-user/
 */

/** What a to-one relationship points at. */
export interface Identifier {
  readonly id: string;
}

/** The ids of a user's roles. The array's identity is a key: what the roles grant is computed once per array. */
export type RoleIds = readonly string[];

/** The ids of permissions that are listed together. The array's identity is a key, as with `RoleIds`. */
export type PermissionIds = readonly string[];

export interface User extends UserShape {
  readonly uuid: Lenient<string>;
  readonly name: Lenient<string>;
  readonly handle: Lenient<string>;
  readonly title: Lenient<string>;
  readonly icon: Lenient<string>;
  readonly status: Lenient<string>;
  readonly disabled: Lenient<boolean>;
  readonly verified: Lenient<boolean>;
  readonly mfaEnabled: Lenient<boolean>;
  readonly serviceAccount: Lenient<boolean>;
  /** Sent, though not documented. */
  readonly allowedLoginMethods: Lenient<readonly string[]>;
  readonly createdAt: Lenient<string>;
  readonly modifiedAt: Lenient<string>;
  readonly lastLoginTime: Lenient<string>;
  readonly linkedOrganization: Lenient<Identifier>;
  readonly linkedOtherOrganizations: Lenient<Linkage>;
  readonly linkedOtherUsers: Lenient<Linkage>;
  readonly linkedRoles: Lenient<Linkage>;
  readonly linkedTeamRoles: Lenient<Linkage>;
}

export interface Organization {
  readonly __typename: 'Organization';
  readonly id: string;
  readonly publicId: Lenient<string>;
  readonly name: Lenient<string>;
  readonly description: Lenient<string>;
  readonly disabled: Lenient<boolean>;
  readonly sharing: Lenient<string>;
  readonly url: Lenient<string>;
  readonly createdAt: Lenient<string>;
  readonly modifiedAt: Lenient<string>;
}

export interface Role {
  readonly __typename: 'Role';
  readonly id: string;
  readonly name: Lenient<string>;
  /** Sent, though not documented. */
  readonly managed: Lenient<boolean>;
  readonly receivesPermissionsFrom: Lenient<readonly string[]>;
  readonly userCount: Lenient<number>;
  readonly createdAt: Lenient<string>;
  readonly modifiedAt: Lenient<string>;
  readonly linkedPermissions: Lenient<Linkage>;
}

export interface Permission {
  readonly __typename: 'Permission';
  readonly id: string;
  readonly name: Lenient<string>;
  readonly displayName: Lenient<string>;
  readonly displayType: Lenient<string>;
  readonly description: Lenient<string>;
  readonly groupName: Lenient<string>;
  readonly nameAliases: Lenient<readonly string[]>;
  readonly restricted: Lenient<boolean>;
  readonly createdAt: Lenient<string>;
}

const read = valueReader(vendor);

export function toUser(resource: Resource, document: Document): User {
  const { id, attributes, relationships } = resource;
  const name = read.text(attributes, 'name');
  const email = read.email(attributes, 'email');
  const handle = read.text(attributes, 'handle');
  return {
    __typename: 'DatadogUser',
    provider: vendor.name,
    id,
    username: firstText(handle) ?? id,
    displayName: firstText(name, email, handle) ?? id,
    email,
    uuid: read.uuid(attributes, 'uuid'),
    name,
    handle,
    title: read.text(attributes, 'title'),
    icon: read.url(attributes, 'icon'),
    status: read.text(attributes, 'status'),
    disabled: read.boolean(attributes, 'disabled'),
    verified: read.boolean(attributes, 'verified'),
    mfaEnabled: read.boolean(attributes, 'mfa_enabled'),
    serviceAccount: read.boolean(attributes, 'service_account'),
    allowedLoginMethods: read.texts(attributes, 'allowed_login_methods'),
    createdAt: read.dateTime(attributes, 'created_at'),
    modifiedAt: read.dateTime(attributes, 'modified_at'),
    lastLoginTime: read.dateTime(attributes, 'last_login_time'),
    linkedOrganization: one(relationships, 'org', 'orgs'),
    linkedOtherOrganizations: many(document, resource, 'other_orgs', 'orgs'),
    linkedOtherUsers: many(document, resource, 'other_users', 'users'),
    linkedRoles: many(document, resource, 'roles', 'roles'),
    linkedTeamRoles: many(document, resource, 'team_roles', 'roles'),
  };
}

export function toOrganization({ id, attributes }: Resource): Organization {
  return {
    __typename: 'Organization',
    id,
    publicId: read.text(attributes, 'public_id'),
    name: read.text(attributes, 'name'),
    description: read.text(attributes, 'description'),
    disabled: read.boolean(attributes, 'disabled'),
    sharing: read.text(attributes, 'sharing'),
    url: read.url(attributes, 'url'),
    createdAt: read.dateTime(attributes, 'created_at'),
    modifiedAt: read.dateTime(attributes, 'modified_at'),
  };
}

export function toRole(resource: Resource, document: Document): Role {
  const { id, attributes } = resource;
  return {
    __typename: 'Role',
    id,
    name: read.text(attributes, 'name'),
    managed: read.boolean(attributes, 'managed'),
    receivesPermissionsFrom: read.texts(attributes, 'receives_permissions_from'),
    userCount: read.safeInt(attributes, 'user_count'),
    createdAt: read.dateTime(attributes, 'created_at'),
    modifiedAt: read.dateTime(attributes, 'modified_at'),
    linkedPermissions: many(document, resource, 'permissions', 'permissions'),
  };
}

export function toPermission({ id, attributes }: Resource): Permission {
  return {
    __typename: 'Permission',
    id,
    name: read.text(attributes, 'name'),
    displayName: read.text(attributes, 'display_name'),
    displayType: read.text(attributes, 'display_type'),
    description: read.text(attributes, 'description'),
    groupName: read.text(attributes, 'group_name'),
    nameAliases: read.texts(attributes, 'name_aliases'),
    restricted: read.boolean(attributes, 'restricted'),
    createdAt: read.dateTime(attributes, 'created'),
  };
}

function one(relationships: JsonObject, name: string, type: string): Lenient<Identifier> {
  const id = toOne(relationships, name, type);
  if (id === MALFORMED) return read.invalid(`relationships.${name}`, 'a resource identifier');
  return id === null ? null : { id };
}

function many(
  document: Document,
  resource: Resource,
  name: string,
  type: string,
): Lenient<Linkage> {
  const linkage = document.toMany(resource, name, type);
  return linkage === MALFORMED
    ? read.invalid(`relationships.${name}`, 'a list of resource identifiers')
    : linkage;
}
