import type { Document, Resource } from '../../lib/json-api.ts';
import { markReused } from '../../schema/reused-list.ts';
import {
  type Organization,
  type Permission,
  type PermissionIds,
  type Role,
  toOrganization,
  toPermission,
  toRole,
  toUser,
  type User,
} from './model.ts';

/** One document's resources in the schema's shapes, each created when it is first needed. */
export class Resources {
  readonly #document: Document;
  /** By the array of ids, which stays the same as long as the cached document does. */
  readonly #lists = new WeakMap<PermissionIds, readonly Permission[] | null>();
  readonly organization: (id: string) => Organization | undefined;
  readonly role: (id: string) => Role | undefined;
  readonly permission: (id: string) => Permission | undefined;
  readonly user: (id: string) => User | undefined;
  /** What its relationships point at; undefined if everything may be looked up. */
  readonly identifiers: ReadonlySet<string> | undefined;

  constructor(document: Document, identifiers?: ReadonlySet<string>) {
    this.#document = document;
    this.identifiers = identifiers;
    this.organization = this.#shape('orgs', toOrganization);
    this.role = this.#shape('roles', toRole);
    this.permission = this.#shape('permissions', toPermission);
    this.user = this.#shape('users', toUser);
  }

  /** The permissions with these ids; undefined unless the document holds all of them. */
  permissions(ids: PermissionIds): readonly Permission[] | undefined {
    let list = this.#lists.get(ids);
    if (list === undefined) {
      const found = ids.map(this.permission);
      list = found.includes(undefined) ? null : (found as readonly Permission[]);
      this.#lists.set(ids, list);
    } else if (list !== null) {
      // A request's loader calls this once, so this is another request.
      markReused(list);
    }
    return list ?? undefined;
  }

  /** The ids of the resources that the document is about. */
  get primaryIds(): readonly string[] {
    return this.#document.primaryIds;
  }

  #shape<T>(
    type: string,
    toShape: (resource: Resource, document: Document) => T,
  ): (id: string) => T | undefined {
    const shaped = new Map<string, T>();
    return (id) => {
      const known = shaped.get(id);
      if (known !== undefined) return known;
      const resource = this.#document.take(type, id);
      if (resource === undefined) return undefined;
      const shape = toShape(resource, this.#document);
      shaped.set(id, shape);
      return shape;
    };
  }
}
