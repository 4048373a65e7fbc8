import { ApiError, NOT_SIMULATED, notSimulated } from '../api-error.ts';
import type { Sessions } from '../auth/sessions.ts';
import { XmlError } from '../flow-xml.ts';
import type { Org } from '../org.ts';
import type { HttpAnswer, HttpRequest } from '../rest/http-message.ts';
import type { Deploys } from './deploys.ts';
import { describeMetadata } from './describe-metadata.ts';
import { listMetadata } from './list-metadata.ts';
import { createRetrieves } from './retrieves.ts';
import { childNamed, childText, readEnvelope, writeFault, writeResult, type SoapCall } from './soap-envelope.ts';

const XML = 'text/xml;charset=UTF-8';

type Operation = (call: SoapCall, userId: string) => object | string;

/** Answers the SOAP calls of the Metadata API. */
export function createSoap(org: Org, sessions: Sessions, deploys: Deploys): (request: HttpRequest) => HttpAnswer {
  const operations = operationsOf(org, deploys);
  return (request) => {
    if (!/^\/services\/Soap\/m\/\d{2}\.0(\/|$)/.test(request.path)) {
      throw notSimulated(`${request.method} ${request.path}`);
    }
    try {
      const call = readEnvelope(request.body);
      const userId = sessions.userOf(call?.sessionId);
      if (call === undefined || userId === undefined) {
        return fault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
      }
      const operation = operations.get(call.operation);
      if (operation === undefined) throw notSimulated(`the SOAP call ${call.operation}`);
      return { status: 200, body: writeResult(call.operation, operation(call, userId)), contentType: XML };
    } catch (error) {
      if (error instanceof XmlError) return fault('UNKNOWN_EXCEPTION', error.message);
      if (error instanceof ApiError && error.errorCode !== NOT_SIMULATED) return fault(error.errorCode, error.message);
      throw error;
    }
  };
}

function operationsOf(org: Org, deploys: Deploys): ReadonlyMap<string, Operation> {
  const retrieves = createRetrieves(org);
  const queued = (id: string): object => ({ done: false, id, state: 'Queued' });
  return new Map<string, Operation>([
    ['deploy', (call, userId) => queued(deploy(deploys, userId, call))],
    ['checkDeployStatus', ({ argument }) => deploys.result(childText(argument, 'asyncProcessId'))],
    [
      'deployRecentValidation',
      ({ argument }, userId) => deploys.startValidated(userId, childText(argument, 'validationId')),
    ],
    ['retrieve', ({ argument }, userId) => queued(retrieves.start(userId, childNamed(argument, 'request')))],
    ['checkRetrieveStatus', ({ argument }) => retrieves.result(childText(argument, 'asyncProcessId'))],
    ['listMetadata', ({ argument }, userId) => listMetadata(org, userId, argument)],
    ['describeMetadata', () => describeMetadata()],
  ]);
}

function fault(code: string, message: string): HttpAnswer {
  return { status: 500, body: writeFault(code, message), contentType: XML };
}

function deploy(deploys: Deploys, userId: string, { argument }: SoapCall): string {
  const options = childNamed(argument, 'DeployOptions');
  const isOn = (name: string): boolean => childText(options, name) === 'true';
  return deploys.start(userId, Buffer.from(childText(argument, 'ZipFile'), 'base64'), {
    checkOnly: isOn('checkOnly'),
    rollbackOnError: isOn('rollbackOnError'),
    singlePackage: isOn('singlePackage'),
    testLevel: childText(options, 'testLevel'),
  });
}
