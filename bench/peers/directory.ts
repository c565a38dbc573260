import { toPermission } from './shape.ts';
import type { DatadogDocument, Resource } from './vendors.ts';

/** The included resources of a body, indexed when they are first needed. Each permission is converted once. */
export class Directory {
  readonly #document: DatadogDocument;
  readonly #permissions = new Map<string, ReturnType<typeof toPermission>>();
  #resources: Map<string, Resource> | undefined;

  constructor(document: DatadogDocument) {
    this.#document = document;
  }

  find(id: string): Resource {
    this.#resources ??= new Map(this.#document.included.map((resource) => [resource.id, resource]));
    return this.#resources.get(id) as Resource;
  }

  permissions(ids: readonly string[]) {
    return ids.map((id) => {
      let permission = this.#permissions.get(id);
      if (permission === undefined) {
        permission = toPermission(this.find(id));
        this.#permissions.set(id, permission);
      }
      return permission;
    });
  }
}
