import express, { type NextFunction, type Request, type Response } from 'express';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ActionableError } from '../errors.ts';
import type { ConnectorStatus, FailureReport } from '../facade.ts';
import type { Logger } from '../logger.ts';
import { watchLoop, type LoopLag } from './loop-lag.ts';
import { isAtThisMachine } from './loopback-host.ts';
import { failurePage, healthPage, PAGE_POLICY } from './page/health-page.ts';
import { readinessOf } from './readiness.ts';
import { sharedStatus } from './shared-status.ts';

/** This machine alone may look. */
const ADDRESS = '127.0.0.1';
const STATUS_DEADLINE_MS = 5_000;
const LATE_AFTER_SECONDS = 3_600;
const STUCK_AFTER_MS = 5_000;
const READY = ['/readyz', '/ready'];

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** What a supervisor and Prometheus are told beside the status. */
export interface HealthChecks {
  /** Why this process cannot do its work, such as a schema that it does not know; no provider's trouble. */
  readonly unfit: () => Promise<readonly string[]>;
  readonly isDraining: () => boolean;
  readonly metrics: { readonly text: () => Promise<string>; readonly contentType: string };
}

export interface HealthOptions {
  /** Port of 127.0.0.1; with 0 the system chooses one. */
  readonly port: number;
  readonly status: () => Promise<ConnectorStatus>;
  readonly logger: Logger;
  /** A mailbox that should be up to date and has not been read for this long is late; above any sweep's interval. */
  readonly lateAfterSeconds?: number;
  readonly statusDeadlineMs?: number;
  readonly checks: HealthChecks;
  /** By how much the event loop may be behind before the process counts as stuck. */
  readonly stuckAfterMs?: number;
}

export interface HealthServer {
  /** Where the page is. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Shows on this machine how the service stands. `/` is a page for people, `/health.json` the `ConnectorStatus` behind
 * it, `/healthz` (or `/live`) answers 200 while the event loop turns, `/readyz` (or `/ready`) as `readinessOf` says, and
 * `/metrics` is for Prometheus.
 *
 * Whoever is logged in on this machine may read it; no web page may, not even one whose name has been made to point
 * here (DNS rebinding), for the request then carries that name as its Host.
 *
 * @throws ActionableError when the port cannot be had.
 */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const server = createServer();
  const port = await listen(server, options.port);
  const loop = watchLoop();
  server.on('request', healthApp(options, port, loop));
  server.on('error', (error) => options.logger.error({ reason: error.message }, 'A viewer could not connect.'));
  return {
    url: `http://${ADDRESS}:${port}/`,
    close: async () => {
      loop.end();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    await once(server.listen({ port, host: ADDRESS, exclusive: true }), 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    throw portRefused(port, error);
  }
}

function portRefused(port: number, cause: unknown): ActionableError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  const why = code === 'EADDRINUSE' ? 'another program listens there' : code;
  return new ActionableError(
    `The health page cannot have port ${port} of ${ADDRESS}: ${why}.`,
    [
      'Set REPLY_TRACKING_HEALTH_PORT to another port, or to 0 to do without the page.',
      'If another service of this connector is running there, end that one first.',
    ],
    { cause },
  );
}

function healthApp(options: HealthOptions, port: number, loop: LoopLag): express.Express {
  const { lateAfterSeconds = LATE_AFTER_SECONDS, statusDeadlineMs = STATUS_DEADLINE_MS, checks } = options;
  const { stuckAfterMs = STUCK_AFTER_MS } = options;
  const status = sharedStatus(options.status, statusDeadlineMs);
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use((request, response, next) => {
    response.set(HEADERS);
    if (!isAtThisMachine(request.headers.host, port)) return refuse(response, 403, wrongHost(port));
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    refuse(response.set('allow', 'GET, HEAD'), 405, 'This page can be read, and nothing else.');
  });
  app.get(['/healthz', '/live'], (_request, response) => {
    const stuck = loop.ms() > stuckAfterMs;
    response
      .type('text')
      .status(stuck ? 503 : 200)
      .send(stuck ? 'stuck\n' : 'live\n');
  });
  app.get(READY, async (_request, response) => {
    const readiness = readinessOf(await status(), lateAfterSeconds, [
      ...(checks.isDraining() ? ['The service is being stopped.'] : []),
      ...(await checks.unfit()),
    ]);
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  app.get('/metrics', async (_request, response) => {
    response.type(checks.metrics.contentType).send(await checks.metrics.text());
  });
  app.get('/health.json', async (_request, response) => void response.json(await status()));
  app.get('/', async (_request, response) => {
    response.type('html').send(healthPage(await status(), new Date(), lateAfterSeconds));
  });
  app.use((_request, response) => refuse(response, 404, 'There is nothing here. The health page is at /.'));
  app.use((error: unknown, { path }: Request, response: Response, _next: NextFunction) => {
    const failure = failureOf(error, options.logger);
    response.status(503);
    if (path === '/') response.type('html').send(failurePage(failure));
    else if (READY.includes(path)) response.json({ ready: false, reasons: [failure.message] });
    else response.json({ error: failure });
  });
  return app;
}

function refuse(response: Response, status: number, words: string): void {
  response.status(status).type('text').send(`${words}\n`);
}

function wrongHost(port: number): string {
  return `This page is for this machine alone: open http://${ADDRESS}:${port}/. A tunnel has to end at the same port.`;
}

function failureOf(error: unknown, logger: Logger): FailureReport {
  if (error instanceof ActionableError) return { message: error.message, actions: error.actions };
  logger.error({ stack: error instanceof Error ? error.stack : String(error) }, 'A defect kept the health page empty.');
  return {
    message: 'The service has a defect that keeps it from saying how it stands.',
    actions: ['Look into its log, and report what stands there.'],
  };
}
