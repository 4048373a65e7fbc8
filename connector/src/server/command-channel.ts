import express, { type NextFunction, type Request, type Response } from 'express';
import { createServer } from 'node:http';
import type { Facade, Told, Verb } from '../facade.ts';
import type { Logger } from '../logger.ts';
import { parseRequest } from '../requests.ts';
import { admitCaller, admitPath, type ServiceIdentity } from './admit-caller.ts';
import { answerAtOnce, openAnswerStream } from './answer-stream.ts';
import { actionable, notJson, refusalOf } from './command-errors.ts';
import { listenPrivately } from './listen-privately.ts';
import { Refusal } from './refusal.ts';
import { openRuns, type Runs } from './runs.ts';
import { toLine, toWireError } from './wire.ts';

/** The longest request: a message of a million characters, each of which JSON may write as six bytes, and some more. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const HEARTBEAT_MS = 5_000;
/** How long work under way may take once the service ends; container engines kill after ten seconds. */
const DRAIN_MS = 5_000;

export interface CommandChannelOptions extends ServiceIdentity {
  /** See `socketPath`. */
  readonly path: string;
  readonly logger: Logger;
  readonly heartbeatMs?: number;
  readonly drainMs?: number;
}

export interface CommandChannel {
  /**
   * Takes no more requests, tells a reading to end after its page, waits a little for the work under way, and tells
   * those who still wait that the service ends. Then the socket is gone.
   */
  close(): Promise<void>;
}

/**
 * Answers the commands of this user over a local socket, for the time in which the service holds the database.
 *
 * A caller who goes away (Ctrl+C) stops nothing that changes something: it goes on to its end, as the service itself
 * would have done it, and nobody is told. A dry run is of use to nobody then, and ends after its page.
 *
 * @throws ActionableError when the socket cannot be made.
 */
export async function serveCommands(facade: Facade, options: CommandChannelOptions): Promise<CommandChannel> {
  const runs = openRuns();
  const server = createServer(commandApp(facade, options, runs));
  await listenPrivately(server, options.path);
  server.on('error', (error) => options.logger.error({ reason: error.message }, 'A command could not connect.'));
  return {
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      await runs.drain(options.drainMs ?? DRAIN_MS);
      server.closeAllConnections();
      await closed;
    },
  };
}

function commandApp(facade: Facade, options: CommandChannelOptions, runs: Runs): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(async (request, response, next) => {
    response.set({ 'cache-control': 'no-store', connection: 'close' });
    await admitCaller(request, options);
    admitPath(request, request.path);
    next();
  });
  app.get('/', (_request, response) => answerAtOnce(response, 200, { result: { version: options.version } }));
  app.use(express.json({ limit: MAX_BODY_BYTES, strict: false, inflate: false }));
  app.use((request, response) => answerVerb(request, response, facade, options, runs));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const { status, answer, headers } = refusalOf(error, options.logger);
    response.set(headers);
    answerAtOnce(response, status, { error: toWireError(answer) });
  });
  return app;
}

/** Any verb, once its request has been checked. */
type Ask = (question: unknown, told: Told, signal: AbortSignal) => Promise<unknown>;

async function answerVerb(
  { path, body }: Request,
  response: Response,
  facade: Facade,
  { logger, heartbeatMs = HEARTBEAT_MS }: CommandChannelOptions,
  runs: Runs,
): Promise<void> {
  if (body === undefined) throw new Refusal(415, notJson());
  // Past `admitPath` the path is the name of a verb.
  const verb = path.slice(1) as Verb;
  const question = parseRequest(verb, body);
  const endsWithCaller = 'dryRun' in question && question.dryRun === true;
  const ask = facade[verb].bind(facade) as Ask;
  const stream = openAnswerStream(response, heartbeatMs);
  const work = async (signal: AbortSignal): Promise<string> => {
    try {
      return toLine({ result: await ask(question, (event) => stream.tell(event), signal) });
    } catch (error) {
      return toLine({ error: toWireError(actionable(error, logger, verb)) });
    }
  };
  await runs.perform({ response, stream, endsWithCaller, work });
}
