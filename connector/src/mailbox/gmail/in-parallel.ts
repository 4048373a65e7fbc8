/**
 * Maps items by at most `width` calls at a time, results in the order of the items. The first failure rejects, and no
 * further item is begun.
 */
export async function inParallel<T, R>(items: readonly T[], width: number, map: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  let next = 0;
  let failed = false;
  async function work(): Promise<void> {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results.set(index, await map(items[index]!));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  return items.map((_, index) => results.get(index)!);
}
