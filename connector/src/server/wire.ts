import { z } from 'zod';
import { ActionableError } from '../errors.ts';
import type { FacadeEvent } from '../facade.ts';

/**
 * What goes over the local socket. A question is `POST /<verb>` with the request as JSON, or `GET /` to greet the
 * service. The answer, whatever its status, is a stream of lines, each one JSON object with one member (NDJSON): any
 * number of events and heartbeats, then one result or one error.
 */
export type AnswerLine =
  | { readonly event: FacadeEvent }
  | { readonly heartbeat: true }
  | { readonly result: unknown }
  | { readonly error: WireError };

/** An `ActionableError` as JSON. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly actions: readonly string[];
  readonly exitCode: number;
}

export const NDJSON = 'application/x-ndjson; charset=utf-8';

/** The version of who asks. Both ends are parts of one program and change together. */
export const VERSION_HEADER = 'x-reply-tracking-version';

/** The Salesforce id of the org that the command was told to use. Absent when it was told of none. */
export const ORG_HEADER = 'x-reply-tracking-org';

/** The Host of every request on the socket, where host names mean nothing. */
export const SOCKET_HOST = 'localhost';

const wireError = z.object({ name: z.string(), message: z.string(), actions: z.array(z.string()), exitCode: z.int() });

/** @throws TypeError for a result that is no JSON value. */
export function toLine(answer: AnswerLine): string {
  return `${JSON.stringify(answer)}\n`;
}

/** One line, or undefined when it is none of this protocol. Events and results are taken as they are. */
export function parseAnswerLine(line: string): AnswerLine | undefined {
  const answer = parseObject(line);
  if (answer === undefined) return undefined;
  if (Object.hasOwn(answer, 'result') || Object.hasOwn(answer, 'heartbeat')) return answer as AnswerLine;
  if (Object.hasOwn(answer, 'event')) return isEvent(answer.event) ? (answer as AnswerLine) : undefined;
  const { data } = wireError.safeParse(answer.error);
  return data && { error: data };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isEvent(value: unknown): boolean {
  return isObject(value) && typeof value.type === 'string';
}

export function toWireError({ name, message, actions, exitCode }: ActionableError): WireError {
  return { name, message, actions, exitCode };
}

/** The error as it was thrown in the service: name, words and exit code, without stack and cause. */
export function fromWireError({ name, message, actions, exitCode }: WireError): ActionableError {
  return Object.assign(new ActionableError(message, actions, { exitCode }), { name });
}
