import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A way to a server that keeps the answer to one request back. */
export interface HeldLine {
  readonly url: string;
  /** Resolves when the server has done what was asked, and its answer is being held. */
  readonly held: Promise<void>;
  release(): void;
  close(): Promise<void>;
}

/** Holds the answer to the first request whose body has these words in it. */
export async function holdAnswer(target: string, words: string): Promise<HeldLine> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isHolding = false;
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await text(asked);
    const headers = { ...asked.headers, 'accept-encoding': 'identity' };
    const onward = request(new URL(asked.url ?? '/', target), { method: asked.method, headers });
    onward.end(body);
    const [given] = (await once(onward, 'response')) as [IncomingMessage];
    const content = await text(given);
    if (!isHolding && body.includes(words)) {
      isHolding = true;
      held.resolve();
      await released.promise;
    }
    const { 'transfer-encoding': _, ...kept } = given.headers;
    answer.writeHead(given.statusCode ?? 502, kept).end(content);
  };
  const server = createServer((asked, answer) => void pass(asked, answer).catch(() => answer.destroy()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    held: held.promise,
    release: released.resolve,
    close: async () => {
      released.resolve();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
