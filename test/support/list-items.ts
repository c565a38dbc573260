/** The number of list items in a response, which `LIMIT_NODES` limits. An empty list counts as one item. */
export function listItemsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? value.length || 1 : 0;
  return Object.values(value).reduce<number>((sum, child) => sum + listItemsOf(child), own);
}
