import type { DatadogDocument, HeyGenBody, Resource } from './vendors.ts';

/** Datadog's and HeyGen's objects with the names of the schema. */

export function toPermission({ id, attributes }: Resource) {
  return {
    id,
    name: attributes['name'],
    displayName: attributes['display_name'],
    description: attributes['description'],
    groupName: attributes['group_name'],
    restricted: attributes['restricted'],
    createdAt: attributes['created'],
  };
}

export function toRole({ id, attributes }: Resource) {
  return {
    id,
    name: attributes['name'],
    createdAt: attributes['created_at'],
    modifiedAt: attributes['modified_at'],
  };
}

export function toOrganization({ id, attributes }: Resource) {
  return {
    id,
    publicId: attributes['public_id'],
    name: attributes['name'],
    sharing: attributes['sharing'],
    createdAt: attributes['created_at'],
  };
}

export function toDatadogUser({ data: { id, attributes } }: DatadogDocument) {
  return {
    id,
    name: attributes['name'],
    handle: attributes['handle'],
    email: attributes['email'],
    title: attributes['title'],
    icon: attributes['icon'],
    status: attributes['status'],
    disabled: attributes['disabled'],
    verified: attributes['verified'],
    serviceAccount: attributes['service_account'],
    createdAt: attributes['created_at'],
    lastLoginTime: attributes['last_login_time'],
  };
}

export function toHeyGenUser({ data }: HeyGenBody) {
  return {
    id: data['username'],
    email: data['email'],
    firstName: data['first_name'],
    lastName: data['last_name'],
  };
}

/** The IDs in a to-many relationship. */
export function ids(resource: Resource, name: string): string[] {
  return resource.relationships[name].data.map(({ id }: { id: string }) => id);
}
