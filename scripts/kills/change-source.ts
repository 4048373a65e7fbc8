import { registerHooks } from 'node:module';

/**
 * Replaces a text in a file of the product as it is loaded, in this process. The file is known by the end of its URL.
 *
 * @throws Error as the file is loaded, when the text is not in it any more
 */
export function changeSource(file: string, before: string, after: string): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(file)) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      if (!source.includes(before)) throw new Error(`${url} has changed: ${before} is not in it.`);
      return { ...loaded, source: source.replace(before, after) };
    },
  });
}
