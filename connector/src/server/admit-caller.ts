import type { IncomingMessage } from 'node:http';
import { ActionableError } from '../errors.ts';
import { isVerb } from '../requests.ts';
import { Refusal } from './refusal.ts';
import { ORG_HEADER, SOCKET_HOST, VERSION_HEADER } from './wire.ts';

/** The part of an id of Salesforce that both of its forms, of 15 and of 18 characters, have in common. */
const SHORT_ID = 15;
const ORG_ID = /^00D[0-9A-Za-z]{12}(?:[0-9A-Za-z]{3})?$/;

/** The org that a data folder belongs to. */
export interface ServedOrg {
  readonly id: string;
  readonly name?: string | undefined;
}

/** What the service is. */
export interface ServiceIdentity {
  readonly version: string;
  /** Gives undefined before the first use of the data folder. */
  readonly org?: () => ServedOrg | undefined | Promise<ServedOrg | undefined>;
}

/**
 * Lets in who speaks this protocol, in this version, for this org.
 *
 * A browser does not get here: it opens no socket files. Should something on this machine pass its requests on, they
 * are told by their Host, by the Origin that a browser adds to every POST, and by the version, which it cannot add.
 *
 * @throws Refusal
 */
export async function admitCaller(request: IncomingMessage, service: ServiceIdentity): Promise<void> {
  const { headers } = request;
  if (headers.host !== SOCKET_HOST || headers.origin !== undefined) throw new Refusal(403, notForBrowsers());
  if (headers[VERSION_HEADER] !== service.version) {
    throw new Refusal(409, otherVersion(service.version, single(headers[VERSION_HEADER])));
  }
  await admitOrg(single(headers[ORG_HEADER]), service);
}

async function admitOrg(wanted: string | undefined, service: ServiceIdentity): Promise<void> {
  if (wanted === undefined) return;
  if (!ORG_ID.test(wanted)) throw new Refusal(400, noOrgId());
  const own = await service.org?.();
  if (own === undefined || own.id.slice(0, SHORT_ID) === wanted.slice(0, SHORT_ID)) return;
  throw new Refusal(421, otherOrg(own, wanted));
}

/** @throws Refusal for a path that names nothing to be asked, or a method that asks for nothing. */
export function admitPath(request: IncomingMessage, path: string): void {
  const verb = path.slice(1);
  if (verb !== '' && !isVerb(verb)) throw new Refusal(404, unknownVerb());
  const method = verb === '' ? 'GET' : 'POST';
  if (request.method !== method) throw new Refusal(405, wrongMethod(method), { allow: method });
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join() : value;
}

function notForBrowsers(): ActionableError {
  return new ActionableError('This socket is for commands of the connector; a browser may not use it.', [
    'Use the commands, for example: sf reply status.',
    'To see how the connector stands in a browser, open its health page.',
  ]);
}

function otherVersion(own: string, other: string | undefined): ActionableError {
  const asking = other === undefined ? 'What asks names no version' : `This command is version ${other.slice(0, 64)}`;
  return new ActionableError(`${asking}, and the service that holds the data folder is version ${own}.`, [
    'Stop the service and start it again with the version of the command: sf reply serve.',
    `Or use version ${own} of the command.`,
  ]);
}

function noOrgId(): ActionableError {
  return new ActionableError(`The header ${ORG_HEADER} holds no Id of an org.`, [
    'It is the 15 or 18 characters that begin with 00D; sf org display prints them.',
  ]);
}

function otherOrg({ id, name }: ServedOrg, wanted: string): ActionableError {
  const own = name === undefined ? id : `${name} (${id})`;
  return new ActionableError(
    `The command was told to use the org ${wanted}, and the service works for the org ${own}.`,
    [
      'Leave --target-org out, or name the org of the service.',
      'To work for another org, give it a data folder (REPLY_TRACKING_DATA) and a service of its own.',
    ],
  );
}

function unknownVerb(): ActionableError {
  return new ActionableError('The service knows nothing of this name that it could be asked.', [
    'Use the commands of the same version: sf reply --help.',
  ]);
}

function wrongMethod(method: string): ActionableError {
  return new ActionableError(`This is asked with ${method}.`, ['Use the commands: sf reply --help.']);
}
