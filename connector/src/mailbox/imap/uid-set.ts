/** UIDs, ascending and without repetition, as a sequence set (RFC 9051 section 9) of as few ranges as hold just them. */
export function uidSet(uids: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const uid of uids) {
    const last = ranges.at(-1);
    if (last?.to === uid - 1) last.to = uid;
    else ranges.push({ from: uid, to: uid });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}:${to}`)).join(',');
}
