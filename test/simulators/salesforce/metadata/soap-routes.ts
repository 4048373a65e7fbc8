import { notSimulated } from '../api-error.ts';
import type { Sessions } from '../auth/sessions.ts';
import { XmlError } from '../flow-xml.ts';
import type { Org } from '../org.ts';
import { recordId } from '../record-id.ts';
import type { HttpAnswer, HttpRequest } from '../rest/http-message.ts';
import { describeDeploy } from './describe-deploy.ts';
import { runDeploy } from './run-deploy.ts';
import { childNamed, childText, readEnvelope, writeFault, writeResult, type SoapCall } from './soap-envelope.ts';

const XML = 'text/xml;charset=UTF-8';

/** Answers the SOAP calls of the Metadata API: deploy and checkDeployStatus. */
export function createSoap(org: Org, sessions: Sessions): (request: HttpRequest) => HttpAnswer {
  const deploys = new Map<string, object>();
  const answerCall = (call: SoapCall, userId: string): object => {
    if (call.operation === 'checkDeployStatus') {
      const found = deploys.get(childText(call.argument, 'asyncProcessId').slice(0, 15));
      if (found === undefined) throw new XmlError('INVALID_CROSS_REFERENCE_KEY: invalid cross reference id');
      return found;
    }
    if (call.operation !== 'deploy') throw notSimulated(`the SOAP call ${call.operation}`);
    const id = recordId('0Af', deploys.size + 1);
    deploys.set(id.slice(0, 15), deploy(org, userId, id, call));
    return { done: false, id, state: 'Queued' };
  };
  return (request) => {
    if (!/^\/services\/Soap\/m\/\d{2}\.0(\/|$)/.test(request.path))
      throw notSimulated(`${request.method} ${request.path}`);
    const answer = (call: SoapCall | undefined): HttpAnswer => {
      const userId = sessions.userOf(call?.sessionId);
      if (call === undefined || userId === undefined) {
        return fault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader: Illegal Session');
      }
      return { status: 200, body: writeResult(call.operation, answerCall(call, userId)), contentType: XML };
    };
    try {
      return answer(readEnvelope(request.body));
    } catch (error) {
      if (error instanceof XmlError) return fault('UNKNOWN_EXCEPTION', error.message);
      throw error;
    }
  };
}

function fault(code: string, message: string): HttpAnswer {
  return { status: 500, body: writeFault(code, message), contentType: XML };
}

function deploy(org: Org, userId: string, id: string, { argument }: SoapCall): object {
  const options = childNamed(argument, 'DeployOptions');
  const isOn = (name: string): boolean => childText(options, name) === 'true';
  if (!isOn('rollbackOnError')) throw notSimulated('a deploy without rollbackOnError');
  const checkOnly = isOn('checkOnly');
  const outcome = runDeploy(org, childText(argument, 'ZipFile'), { singlePackage: isOn('singlePackage'), checkOnly });
  return describeDeploy({ org, userId, id, checkOnly, outcome });
}
