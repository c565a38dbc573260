const reused = new WeakSet<object>();

/** Says that responses to several requests contain this list, which never changes. */
export function markReused(list: readonly unknown[]): void {
  reused.add(list);
}

/**
 * What was derived last from each reused list. One value per list, so that many different operations cannot fill the
 * memory; lists that are used once would only slow down garbage collection.
 */
export class LastDerived<Key extends object, Value> {
  readonly #values = new WeakMap<object, { readonly key: Key; readonly value: Value }>();

  /** @param key what the value depends on besides the list */
  get(list: readonly unknown[], key: Key, derive: () => Value): Value {
    if (!reused.has(list)) return derive();
    const last = this.#values.get(list);
    if (last?.key === key) return last.value;
    const value = derive();
    this.#values.set(list, { key, value });
    return value;
  }
}
