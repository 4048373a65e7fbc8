import express, { type NextFunction, type Request, type Response } from 'express';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ActionableError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { NotificationAnswer, NotificationRoute } from './notification-route.ts';

/** Where providers reach this service, and where it listens: a proxy that speaks TLS stands in between. */
export interface NotificationListener {
  /** Public address of the notifications: `https://`, and the path under which they arrive here too. */
  readonly url: string;
  readonly host: string;
  /** With 0 the system chooses one. */
  readonly port: number;
}

export interface NotificationOptions extends NotificationListener {
  readonly routes: readonly NotificationRoute[];
  readonly logger: Logger;
}

export interface NotificationServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Requests that are worked on at a time; who comes then is asked to come again, as providers do for hours. */
const MOST_AT_A_TIME = 200;
const REQUEST_MS = 10_000;
const MOST_CONNECTIONS = 1_000;

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * Listens for the notifications of providers. Whoever can reach the port can write anything to it: bodies are capped,
 * slow senders are cut off, and each route decides by itself whom it believes. No address that a notification holds is
 * ever asked for anything.
 *
 * @throws ActionableError when the port cannot be had.
 */
export async function serveNotifications(options: NotificationOptions): Promise<NotificationServer> {
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, notificationApp(options));
  server.maxConnections = MOST_CONNECTIONS;
  const port = await listen(server, options);
  server.on('error', (error) => options.logger.error({ reason: error.message }, 'A provider could not connect.'));
  return {
    port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
    },
  };
}

async function listen(server: Server, { host, port }: NotificationListener): Promise<number> {
  try {
    await once(server.listen({ port, host, exclusive: true }), 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ActionableError(
      `Notifications of mailboxes cannot be received on port ${port} of ${host}: ${code}.`,
      ['Set REPLY_TRACKING_NOTIFICATION_PORT and REPLY_TRACKING_NOTIFICATION_HOST to what is free on this machine.'],
      { cause: error },
    );
  }
}

function notificationApp({ url, routes, logger }: NotificationOptions): express.Express {
  const base = new URL(url).pathname.replace(/\/$/, '');
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true);
  let atWork = 0;
  app.use((_request, response, next) => {
    response.set(HEADERS);
    if (atWork >= MOST_AT_A_TIME) return answer(response.set('retry-after', '1'), { status: 503 });
    atWork += 1;
    response.once('close', () => (atWork -= 1));
    next();
  });
  for (const route of routes) mount(app, `${base}/${route.path}`, route);
  app.use((_request, response) => answer(response, { status: 404 }));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const status = statusOf(error);
    if (status >= 500) logger.error({ reason: error instanceof Error ? error.message : String(error) }, NOT_STORED);
    if (!response.headersSent) answer(response, { status });
  });
  return app;
}

const NOT_STORED = 'A notification could not be stored; its provider sends it again.';

function mount(app: express.Express, path: string, { maxBytes, admit, take }: NotificationRoute): void {
  const refuseOthers = (request: Request, response: Response, next: NextFunction): void => {
    if (request.method === 'POST') next();
    else answer(response.set('allow', 'POST'), { status: 405 });
  };
  const admitHead = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const settled = await admit?.({ headers: request.headers, query: queryOf(request) });
    if (settled === undefined) next();
    else answer(response, settled);
  };
  const read = express.raw({ type: () => true, limit: maxBytes, inflate: false });
  app.all(path, refuseOthers, admitHead, read, async (request, response) => {
    const body: unknown = request.body;
    const notification = { headers: request.headers, query: queryOf(request) };
    answer(response, await take({ ...notification, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) }));
  });
}

function queryOf({ originalUrl }: Request): URLSearchParams {
  const mark = originalUrl.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : originalUrl.slice(mark + 1));
}

function answer(response: Response, { status, text }: NotificationAnswer): void {
  response.status(status);
  if (text === undefined) response.end();
  else response.type('text/plain').send(text);
}

/** What the body parser refuses (413, 415, 400) stays; anything else is a fault of ours, after which it is sent again. */
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 503;
  return status >= 400 && status < 500 ? status : 503;
}
