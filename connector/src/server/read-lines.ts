const LINE_FEED = 0x0a;

export interface LineLimit {
  readonly maxBytes: number;
  /** The error for a line that is longer. */
  readonly tooLong: () => Error;
}

/**
 * The lines of a byte stream as text, without their line feeds. What follows the last line feed is no line and is left
 * out. No more than one line is held in memory.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, limit: LineLimit): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]).toString();
      start = end + 1;
      parts = [];
      bytes = 0;
    }
    parts.push(chunk.subarray(start));
    bytes += chunk.length - start;
    if (bytes > limit.maxBytes) throw limit.tooLong();
  }
}
