/** How many items the lists of a response hold, an empty list counted as one: what `LIMIT_NODES` bounds. */
export function listItemsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? value.length || 1 : 0;
  return Object.values(value).reduce<number>((sum, child) => sum + listItemsOf(child), own);
}
