import type { Document, Resource } from './json-api.ts';
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

/** What one document holds, each resource shaped when it is first asked for. */
export class Directory {
  readonly #document: Document;
  readonly organization: (id: string) => Organization | undefined;
  readonly role: (id: string) => Role | undefined;
  readonly permission: (id: string) => Permission | undefined;
  readonly user: (id: string) => User | undefined;

  constructor(document: Document) {
    this.#document = document;
    this.organization = this.#shape('orgs', toOrganization);
    this.role = this.#shape('roles', toRole);
    this.permission = this.#shape('permissions', toPermission);
    this.user = this.#shape('users', toUser);
  }

  /** The id of the first primary resource. */
  get primaryId(): string | undefined {
    return this.#document.primary[0]?.id;
  }

  #shape<T>(type: string, toShape: (resource: Resource) => T): (id: string) => T | undefined {
    const shaped = new Map<string, T>();
    return (id) => {
      const known = shaped.get(id);
      if (known !== undefined) return known;
      const resource = this.#document.find(type, id);
      if (resource === undefined) return undefined;
      const shape = toShape(resource);
      shaped.set(id, shape);
      return shape;
    };
  }
}
