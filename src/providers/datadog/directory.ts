import { Document, type Resource } from './json-api.ts';
import {
  type Organization,
  type Permission,
  type Role,
  toOrganization,
  toPermission,
  toRole,
  toUser,
  type User,
} from './model.ts';

/** Everything that one document says, each resource shaped when it is first asked for. */
export class Directory {
  readonly #document: Document;
  readonly organizations: (ids: readonly string[]) => readonly Organization[];
  readonly roles: (ids: readonly string[]) => readonly Role[];
  /** By lists of ids, since one role's permissions are wanted together. */
  readonly permissions: (
    lists: readonly (readonly string[])[],
  ) => readonly (readonly Permission[])[];
  readonly users: (ids: readonly string[]) => readonly User[];

  /** @throws {DocumentError} where `body` is not the document of a user */
  constructor(body: unknown) {
    this.#document = new Document(body, 'users');
    this.organizations = this.#shape('orgs', toOrganization);
    this.roles = this.#shape('roles', toRole);
    const permissions = this.#shape('permissions', toPermission);
    this.permissions = (lists) => lists.map(permissions);
    this.users = this.#shape('users', toUser);
  }

  /** The id of the user whose document this is. */
  get viewerId(): string {
    return this.#document.primary.id;
  }

  /** Gives what the ids refer to, in their order; a bare reference for what the document does not hold. */
  #shape<T>(type: string, toShape: (resource: Resource) => T): (ids: readonly string[]) => T[] {
    const shaped = new Map<string, T>();
    return (ids) =>
      ids.map((id) => {
        let shape = shaped.get(id);
        if (shape === undefined) {
          shape = toShape(this.#document.find(type, id) ?? bareReference(type, id));
          shaped.set(id, shape);
        }
        return shape;
      });
  }
}

function bareReference(type: string, id: string): Resource {
  return { type, id, attributes: {}, relationships: {} };
}
