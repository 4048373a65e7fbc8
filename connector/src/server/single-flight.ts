/** Asked while the work is under way, it gives everybody what comes of that; a result is not kept, nor a failure. */
export function singleFlight<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let underWay: Promise<Value> | undefined;
  return () => (underWay ??= work().finally(() => (underWay = undefined)));
}
